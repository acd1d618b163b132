/** The API of the whole shop: as one OpenAPI document for programs, and as one page for people. */
import { existsSync, readFileSync } from 'node:fs';
import { apiPrefix } from '@souk/contracts/ingress';
import type { Reply } from '@souk/kit/routes';
import { escaped, htmlPage } from './html-page.ts';
import { readyJson } from './ready-answer.ts';

interface Operation {
  summary?: string;
  tags?: string[];
  'x-audience'?: string;
}

/** The part of an OpenAPI document that the page shows. */
interface ApiDocument {
  paths: Record<string, Record<string, Operation>>;
}

export interface ApiDocs {
  document: Reply;
  page: Reply;
}

/** Reads the merged document, which whoever puts the shop together has written; without it there is `own`. */
export function readApiDocs(file: string, own: object): ApiDocs {
  const document = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : own;
  return { document: readyJson(document), page: docsPage(document) };
}

function docsPage(document: ApiDocument): Reply {
  const rows = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(([, operation]) => operation['x-audience'] !== 'internal')
      .map(([method, { summary = '', tags = [], 'x-audience': audience = 'public' }]) => ({
        ...{ path, method, summary, service: tags[0] ?? 'shop' },
        audience: audience === 'public' ? '' : ` · ${audience}`,
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

function line({ path, method, summary, audience }: Record<string, string>): string {
  const note = escaped(`${summary}${audience}`);
  return `<li><code><b>${escaped(method!.toUpperCase())}</b>${escaped(path!)}</code><br><small>${note}</small></li>`;
}
