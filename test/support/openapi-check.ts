/** Holds every answer of a service against the service's own OpenAPI document. */

import type { RequestListener, Server } from 'node:http';
import { Ajv2020 } from 'ajv/dist/2020.js';
import supertest, { type Response } from 'supertest';
import { expect } from 'vitest';

interface Operation {
  responses: Record<string, { content?: Record<string, { schema: object }> }>;
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: object;
}

/** A checker for one app, or the server that it listens with: call it with each response; it fails when the answer is not as documented. */
export async function openApiChecker(
  app: RequestListener | Server,
): Promise<(response: Response) => Response> {
  const { text } = await supertest(app).get('/openapi.json').expect(200);
  // References lead to where Ajv keeps the parts; each schema stays one object, by which Ajv knows that it has compiled it.
  const document: Document = JSON.parse(text.replaceAll('"#/components', '"openapi#/components'));
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema({ $id: 'openapi', components: document.components });
  return (response) => {
    const { method, path } = response.request as unknown as { method: string; url: string; path?: string };
    const pathname = new URL(response.request.url).pathname;
    const operation = findOperation(document, method.toLowerCase(), pathname ?? path);
    expect(operation, `${method} ${pathname} is not documented`).toBeDefined();
    const described = operation!.responses[response.status];
    expect(described, `${method} ${pathname} answered an undocumented ${response.status}`).toBeDefined();
    const type = response.get('content-type')?.split(';')[0] ?? 'none';
    if (type === 'none') expect(described!.content ?? {}).toEqual({});
    else {
      const schema = described!.content?.[type]?.schema;
      expect(schema, `${method} ${pathname} answered an undocumented ${type}`).toBeDefined();
      const body = type.endsWith('json') ? response.body : (response.text ?? String(response.body));
      const valid = ajv.validate(schema!, body);
      expect(valid ? [] : ajv.errors, `${method} ${pathname} ${response.status}`).toEqual([]);
    }
    return response;
  };
}

function findOperation(document: Document, method: string, pathname: string): Operation | undefined {
  const template = Object.keys(document.paths).find((path) =>
    new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(pathname),
  );
  return template === undefined ? undefined : document.paths[template]![method];
}
