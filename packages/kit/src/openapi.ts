/** OpenAPI 3.1 from the same joi schemas that validate; joi itself writes the JSON Schema (2020-12). */
import { isBoundAtIngress } from '@souk/contracts/ingress';
import type { ServiceName } from '@souk/contracts/ports';
import { type ProblemCode, problems } from '@souk/contracts/problems';
import type joi from 'joi';
import type { Route } from './routes.ts';

type Json = Record<string, unknown>;

/** What any route may answer beside its own responses. */
const everywhere: ProblemCode[] = [
  'invalid-request',
  'headers-too-large',
  'internal',
  'unavailable',
  'timeout',
];

/** joi's own JSON Schema of a schema, without the dialect line that OpenAPI already gives. */
export function jsonSchemaOf(schema: joi.Schema): Json {
  const standard = (schema as unknown as { '~standard': { jsonSchema: { input(o: object): Json } } })[
    '~standard'
  ];
  const { $schema: _dialect, ...rest } = standard.jsonSchema.input({ target: 'draft-2020-12' });
  return rest;
}

/** The OpenAPI document of a service: its public and internal routes. */
export function openApiOf(service: ServiceName, routes: Route[]): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    if (route.audience === 'sidecar') continue;
    paths[route.path] ??= {};
    paths[route.path]![route.method.toLowerCase()] = operationOf(service, route);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: `Souk ${service}`,
      version: '1',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/api/v1' }],
    paths,
    components: {
      schemas: { Problem: problemSchema() },
      securitySchemes: { accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
}

function operationOf(service: ServiceName, route: Route): Json {
  const parameters = [
    ...parametersOf('path', route.params),
    ...parametersOf('query', route.query),
    ...parametersOf('header', route.headers),
    ...patternParameterOf(route),
  ];
  return {
    operationId: route.operationId,
    summary: route.summary,
    tags: [service],
    'x-audience': route.audience,
    ...securityOf(route),
    parameters,
    ...requestBodyOf(route),
    responses: responsesOf(route),
  };
}

/** A buyer may also be a guest, who has a token of another kind. */
function securityOf({ audience, permission }: Route): Json {
  const bearer = { accessToken: [] };
  if (audience === 'buyer') return { security: [bearer, {}] };
  if (audience !== 'customer' && audience !== 'staff') return {};
  return { security: [bearer], ...(permission && { 'x-permission': permission }) };
}

function requestBodyOf({ body, rawBody }: Route): Json {
  if (rawBody) return { requestBody: { required: true, content: { '*/*': {} } } };
  if (!body) return {};
  const content = { 'application/json': { schema: jsonSchemaOf(body) } };
  return { requestBody: { required: true, content } };
}

function parametersOf(place: 'path' | 'query' | 'header', schemas: Record<string, joi.Schema> = {}): Json[] {
  return Object.entries(schemas).map(([name, schema]) => ({
    name,
    in: place,
    required:
      place === 'path' ||
      (schema.describe().flags as { presence?: string } | undefined)?.presence === 'required',
    schema: jsonSchemaOf(schema),
  }));
}

/** OpenAPI's way to say "any parameter whose name looks like this": one exploded object. */
function patternParameterOf({ queryPattern }: Route): Json[] {
  if (!queryPattern) return [];
  const { names, schema, description } = queryPattern;
  const patternProperties = { [names.source]: jsonSchemaOf(schema) };
  return [
    {
      name: 'further',
      in: 'query',
      description,
      style: 'form',
      explode: true,
      required: false,
      schema: { type: 'object', patternProperties, additionalProperties: false },
    },
  ];
}

function responsesOf(route: Route): Json {
  const responses: Json = {};
  for (const [status, schema] of Object.entries(route.responses)) {
    responses[status] = {
      description: `${status}`,
      ...(schema ? { content: contentOf(route, jsonSchemaOf(schema)) } : {}),
    };
  }
  const codes = [...everywhere, ...(route.problems ?? [])];
  if (isBoundAtIngress(route.method, route.path)) codes.push('too-many-requests');
  if (route.params) codes.push('not-found');
  if (route.body) codes.push('malformed-json', 'body-too-large', 'unsupported-media-type');
  if (route.rawBody) codes.push('body-too-large');
  if (route.audience !== 'public') codes.push('unauthorised');
  if (!['public', 'buyer'].includes(route.audience)) codes.push('forbidden');
  for (const [status, ofStatus] of Map.groupBy(new Set(codes), (code) => problems[code].status)) {
    const own = responses[status] as { content?: Json } | undefined;
    responses[status] = {
      description: ofStatus.join(', '),
      content: {
        ...own?.content,
        'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
      },
    };
  }
  return responses;
}

/** Whatever is not JSON is described as text. */
function contentOf({ produces = ['application/json'] }: Route, schema: Json): Json {
  return Object.fromEntries(
    produces.map((type) => [type, { schema: type === 'application/json' ? schema : { type: 'string' } }]),
  );
}

function problemSchema(): Json {
  return {
    type: 'object',
    required: ['type', 'title', 'status', 'code'],
    properties: {
      type: { type: 'string' },
      title: { type: 'string' },
      status: { type: 'integer' },
      code: { type: 'string', enum: Object.keys(problems) },
      detail: { type: 'string' },
      instance: { type: 'string' },
      errors: {
        type: 'array',
        items: {
          type: 'object',
          required: ['pointer', 'detail'],
          properties: { pointer: { type: 'string' }, detail: { type: 'string' } },
        },
      },
    },
  };
}
