/** The OpenAPI document of the whole shop: the public routes of every service, as the ingress serves them. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { serviceAt } from '@souk/contracts/ingress';
import { type ServiceName, serviceNames } from '@souk/contracts/ports';
import { readConfig } from '@souk/kit/config';
import { openApiOf } from '@souk/kit/openapi';
import type { Route } from '@souk/kit/routes';
import type { Deps, ServiceDefinition } from '@souk/kit/service';
import { isGoApp } from '../platform/go-apps.ts';

const apps = join(import.meta.dirname, '../../apps');

/** Only to read the route tables: nothing is called, connected or listened to. */
const environment = {
  APP_PORT: '1',
  DAPR_HTTP_PORT: '1',
  DAPR_GRPC_PORT: '1',
  DAPR_API_TOKEN: 'no-token-no-token',
  APP_API_TOKEN: 'no-token-no-token',
};

interface Operation {
  operationId: string;
  'x-audience': string;
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: object };
}
interface Described {
  service: ServiceName;
  document: Document;
}

/** Whoever comes through the ingress. */
const outside = ['public', 'buyer', 'customer', 'staff'];

/** Merges the documents of all services; throws if two of them claim the same path and method, or operation id. */
export async function mergedOpenApi(): Promise<object> {
  const described = await Promise.all(
    serviceNames.map(async (service) => ({ service, document: await documentOf(service) })),
  );
  const documents = described.map(({ document }) => document);
  const paths: Document['paths'] = {};
  const taken = new Set<string>();
  for (const [path, method, operation] of described.flatMap(publicOperations)) {
    for (const claim of [`${method} ${path}`, operation.operationId]) {
      if (taken.has(claim)) throw new Error(`two services claim ${claim}`);
      taken.add(claim);
    }
    paths[path] = { ...paths[path], [method]: operation };
  }
  const [first] = documents;
  return {
    ...first,
    info: { title: 'Souk', version: '1', license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    paths,
    components: {
      ...first!.components,
      // The first word on a schema counts: ours know every problem code.
      schemas: Object.assign({}, ...documents.toReversed().map(({ components }) => components.schemas)),
    },
  };
}

/** Writes it where catalog looks for it. */
export async function writeMergedOpenApi(file: string): Promise<string> {
  const document = await mergedOpenApi();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(document));
  return `${Object.keys((document as Document).paths).length} paths`;
}

/** Not those that the ingress leads to another service: they are there for nobody. */
function publicOperations({ service, document }: Described): [string, string, Operation][] {
  return Object.entries(document.paths)
    .filter(([path]) => (serviceAt(path) ?? service) === service)
    .flatMap(([path, operations]) =>
      Object.entries(operations)
        .filter(([, operation]) => outside.includes(operation['x-audience']))
        .map(([method, operation]): [string, string, Operation] => [path, method, operation]),
    );
}

/** A service in another language has its document in a file, see docs/add-a-service.md. */
async function documentOf(service: ServiceName): Promise<Document> {
  if (isGoApp(service)) return JSON.parse(readFileSync(join(apps, service, 'openapi.json'), 'utf8'));
  return openApiOf(service, await routesOf(service)) as unknown as Document;
}

/** The route table of a service in TypeScript, to be read; its handlers have nothing to work with. */
export async function routesOf(service: ServiceName): Promise<Route[]> {
  const module = await import(join(apps, service, 'src/service.ts'));
  const definition: ServiceDefinition = module[service];
  const deps = { config: readConfig(environment, definition.config), ...absent } as unknown as Deps;
  return definition.build(deps).routes;
}

/** Stands for what a service is given: whatever is asked of it is there, and does nothing. */
const nothing: unknown = new Proxy(() => undefined, {
  get: (_target, name) => (typeof name === 'symbol' || name === 'then' ? undefined : nothing),
  apply: () => nothing,
});
const absent = {
  db: nothing,
  dapr: nothing,
  log: nothing,
  secrets: nothing,
  now: nothing,
  newId: nothing,
  wakeRelay: nothing,
  flags: nothing,
};
