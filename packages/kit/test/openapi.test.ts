/** The OpenAPI document that kit makes of routes: it is OpenAPI 3.1, and its schemas are JSON Schema. */
import { problems } from '@souk/contracts/problems';
import { quoteSchema } from '@souk/contracts/quote';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { jsonSchemaOf, openApiOf } from '../src/openapi.ts';
import { smallRoutes } from './small-service.ts';

// biome-ignore lint/suspicious/noExplicitAny: a document as any reader of it gets it
type Json = any;
const document: Json = JSON.parse(JSON.stringify(openApiOf('inventory', smallRoutes({}))));
const operations: [string, string, Json][] = Object.entries<Json>(document.paths).flatMap(([path, methods]) =>
  Object.entries<Json>(methods).map(
    ([method, operation]) => [path, method, operation] as [string, string, Json],
  ),
);

/** Every schema object of the document. */
function schemasIn(value: Json): Json[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => (name === 'schema' ? [inner] : schemasIn(inner)));
}

describe('the document', () => {
  it('is OpenAPI 3.1 in its required parts', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d+$/);
    expect(document.info).toMatchObject({ title: 'Souk inventory', version: expect.any(String) });
    for (const [path, method, operation] of operations) {
      expect(path).toMatch(/^\//);
      expect(['get', 'put', 'post', 'delete', 'patch']).toContain(method);
      expect(Object.keys(operation.responses).length).toBeGreaterThan(0);
      for (const [status, response] of Object.entries<Json>(operation.responses)) {
        expect(status).toMatch(/^[1-5]\d\d$/);
        expect(response.description).toEqual(expect.any(String));
      }
    }
  });

  it('has schemas of JSON Schema 2020-12 alone, every reference leading somewhere', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: 'openapi', components: document.components });
    const schemas = schemasIn(document.paths);
    expect(schemas.length).toBeGreaterThan(20);
    for (const schema of schemas) {
      expect(ajv.validateSchema(schema)).toBe(true);
      ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"openapi#/components')));
    }
  });

  it('names every operation once, and every parameter of a path where the path has it', () => {
    const names = operations.map(([, , { operationId }]) => operationId);
    expect(new Set(names).size).toBe(names.length);
    for (const [path, , { parameters }] of operations) {
      const inPath = parameters.filter((parameter: Json) => parameter.in === 'path');
      expect(inPath.map(({ name }: Json) => name)).toEqual(
        [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
      );
      expect(inPath.every(({ required }: Json) => required)).toBe(true);
    }
  });

  it('says which parameters and bodies are required', () => {
    const { parameters, requestBody } = document.paths['/things'].post;
    const required = Object.fromEntries(parameters.map((p: Json) => [p.name, p.required]));
    expect(required).toEqual({ 'idempotency-key': true, 'cart-token': false });
    expect(requestBody.required).toBe(true);
  });

  it('leaves out what only the sidecar may ask for, and marks what is internal', () => {
    expect(Object.keys(document.paths)).not.toContain('/sweep');
    expect(document.paths['/internal/reservations/{orderId}'].put['x-audience']).toBe('internal');
  });

  it('documents the problems that a route can give, with every code there is', () => {
    const { responses } = document.paths['/things'].post;
    for (const status of [400, 409, 413, 415, 422, 431, 500, 503, 504])
      expect(responses[status].content['application/problem+json'].schema.$ref).toBe(
        '#/components/schemas/Problem',
      );
    expect(document.components.schemas.Problem.properties.code.enum).toEqual(Object.keys(problems));
  });

  it('takes a body that says whether it is JSON or bytes', () => {
    expect(Object.keys(document.paths['/things'].post.requestBody.content)).toEqual(['application/json']);
    expect(document.paths['/hooks'].post.requestBody).toBeDefined();
  });
});

it('a schema that joi accepts with a value accepts it as JSON Schema too, and refuses what joi refuses', () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const validate = ajv.compile(jsonSchemaOf(quoteSchema));
  const money = (amount: number) => ({ amount, currency: 'EUR' });
  const quote = {
    currency: 'EUR',
    country: 'DE',
    taxIncluded: true,
    lines: [
      {
        sku: 'CUP-1',
        quantity: 1,
        unitPrice: money(100),
        discount: money(0),
        tax: money(16),
        taxRate: '0.19',
        total: money(100),
      },
    ],
    discounts: [],
    shipping: null,
    tax: money(16),
    total: money(100),
    quoteHash: 'a'.repeat(64),
  };
  for (const candidate of [
    quote,
    { ...quote, lines: 1 },
    { ...quote, extra: 1 },
    { ...quote, total: money(1.5) },
  ])
    expect(validate(candidate)).toBe(quoteSchema.validate(candidate, { convert: false }).error === undefined);
});
