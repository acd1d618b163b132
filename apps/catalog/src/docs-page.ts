/** GET /docs: every public route of the shop on one page, from the OpenAPI document. */
import { apiPrefix } from '@souk/contracts/ingress';
import type { Reply } from '@souk/kit/routes';
import { escaped, htmlPage } from './html-page.ts';

interface Operation {
  summary?: string;
  tags?: string[];
  'x-audience'?: string;
}

/** The part of an OpenAPI document that the page shows. */
export interface ApiDocument {
  paths: Record<string, Record<string, Operation>>;
}

/** The page. */
export function docsPage(document: ApiDocument): Reply {
  const rows = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(([, operation]) => operation['x-audience'] === 'public')
      .map(([method, { summary = '', tags = [] }]) => ({
        path,
        method,
        summary,
        service: tags[0] ?? 'shop',
      })),
  );
  const sections = [...Map.groupBy(rows, ({ service }) => service)].map(
    ([service, ofService]) => `<h2>${escaped(service)}</h2><ul>${ofService.map(line).join('')}</ul>`,
  );
  return htmlPage(
    'API',
    `<h1>The shop’s API</h1>
<p>All paths begin with <code>${apiPrefix}</code>. Money is <code>{"amount": 1999, "currency": "EUR"}</code>, in minor
units. What goes wrong is a problem document with a stable <code>code</code>. For programs:
<a href="${apiPrefix}/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>${sections.join('')}`,
  );
}

function line({ path, method, summary }: { path: string; method: string; summary: string }): string {
  return `<li><code><b>${escaped(method.toUpperCase())}</b>${escaped(path)}</code><br><small>${escaped(summary)}</small></li>`;
}
