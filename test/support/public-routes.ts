/** Every route of the running shop, as the services' own OpenAPI documents tell it. */
import { serviceAt } from '@souk/contracts/ingress';
import { portsOf, type ServiceName, serviceNames } from '@souk/contracts/ports';

/** A JSON Schema as far as tests look into it. */
export interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  required?: string[];
  minimum?: number;
  maximum?: number;
}

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
  schema: Schema;
}

export interface PublicRoute {
  service: ServiceName;
  /** `POST /carts/{id}/items` */
  name: string;
  method: string;
  /** Below /api/v1, with its parameters in braces. */
  path: string;
  parameters: Parameter[];
  /** The schema of its JSON body, if it takes one. */
  body: Schema | undefined;
  /** Whether it takes bytes of any kind. */
  takesBytes: boolean;
  responses: Record<string, unknown>;
}

export interface KnownRoute extends PublicRoute {
  audience: string;
  /** What staff must be allowed to do. */
  permission: string | undefined;
}

interface Operation {
  'x-audience': string;
  'x-permission'?: string;
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema?: Schema }> };
  responses: Record<string, unknown>;
}

type Paths = Record<string, Record<string, Operation>>;

/** Routes of the shop's front: for everybody, for guests and for customers. */
export async function publicRoutes(): Promise<KnownRoute[]> {
  return (await outerRoutes()).filter(({ audience }) => audience !== 'staff');
}

/** What the ingress leads to: also what staff may. */
export async function outerRoutes(): Promise<KnownRoute[]> {
  return (await allRoutes()).filter(
    ({ audience, path, service }) => audience !== 'internal' && serviceAt(path) === service,
  );
}

/** Reads the documents of all services: also what is for other services, and what the ingress leads elsewhere. */
export async function allRoutes(): Promise<KnownRoute[]> {
  const found = await Promise.all(
    serviceNames.map(async (service) => {
      const answer = await fetch(`http://127.0.0.1:${portsOf(service).app}/openapi.json`, {
        signal: AbortSignal.timeout(5_000),
      });
      const { paths } = (await answer.json()) as { paths: Paths };
      return Object.entries(paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, operation]) => routeOf(service, method, path, operation)),
      );
    }),
  );
  return found.flat();
}

function routeOf(service: ServiceName, method: string, path: string, operation: Operation) {
  const content = operation.requestBody?.content ?? {};
  return {
    service,
    audience: operation['x-audience'],
    permission: operation['x-permission'],
    name: `${method.toUpperCase()} ${path}`,
    method: method.toUpperCase(),
    path,
    parameters: operation.parameters ?? [],
    body: content['application/json']?.schema,
    takesBytes: '*/*' in content,
    responses: operation.responses,
  };
}

/** A place in a JSON body: how to get there, and what is expected there. */
export interface Place {
  path: (string | number)[];
  schema: Schema;
}

/** Every place of a body that holds a value, arrays by their first entry. */
export function placesIn(schema: Schema, path: (string | number)[] = []): Place[] {
  const own = path.length > 0 ? [{ path, schema }] : [];
  const members = Object.entries(schema.properties ?? {}).flatMap(([name, inner]) =>
    placesIn(inner, [...path, name]),
  );
  return [...own, ...members, ...(schema.items ? placesIn(schema.items, [...path, 0]) : [])];
}

/** A copy of `body` with another value at a place; what is missing on the way is made. */
export function withValueAt(body: unknown, path: (string | number)[], value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  // biome-ignore lint/suspicious/noExplicitAny: a body is any JSON
  const copy: any = Array.isArray(body) ? [...body] : { ...(body as object) };
  copy[step] = withValueAt(copy[step] ?? (typeof rest[0] === 'number' ? [] : {}), rest, value);
  return copy;
}
