/** What the conformance test asks a service at its own port, and what its document says about it. */
import { heardBy } from '@souk/contracts/events';
import { portsOf, type ServiceName } from '@souk/contracts/ports';
import { ensureSecrets } from '../../tools/platform/secrets.ts';
import type { Refused } from '../support/problem-check.ts';
import type { Json } from '../support/shop.ts';

const { platform } = ensureSecrets();
/** By which a service knows its own sidecar. */
export const ours = { 'dapr-api-token': platform['app-api-token'] };
const timeoutMs = 5_000;

export interface Asked {
  headers?: Record<string, string>;
  body?: string;
}

/** One request straight to the app; `body` is the parsed JSON, or undefined. */
export async function ask(
  service: ServiceName,
  name: string,
  { headers, body }: Asked = {},
): Promise<Refused> {
  const [method, path] = name.split(' ') as [string, string];
  const answer = await fetch(`http://127.0.0.1:${portsOf(service).app}${path}`, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    signal: AbortSignal.timeout(timeoutMs),
    ...(body !== undefined && { body }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: parsed(text) };
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A document in a service's own state, asked through its sidecar; undefined if there is none. */
export async function stateOf(service: ServiceName, key: string): Promise<Json> {
  const { daprHttp } = portsOf(service);
  const answer = await fetch(`http://127.0.0.1:${daprHttp}/v1.0/state/statestore/${key}`, {
    headers: { 'dapr-api-token': platform['dapr-api-token'] },
    signal: AbortSignal.timeout(timeoutMs),
  });
  return parsed(await answer.text());
}

export interface Operation {
  /** `GET /products/{slug}` */
  name: string;
  method: string;
  path: string;
  audience: string;
  takesJson: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: a piece of an OpenAPI document
  described: any;
}

/** Every operation of a service's document. */
export async function operationsOf(service: ServiceName): Promise<Operation[]> {
  const { body } = await ask(service, 'GET /openapi.json');
  return Object.entries(body.paths as Record<string, Record<string, Json>>).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path,
      audience: described['x-audience'],
      takesJson: described.requestBody?.content?.['application/json'] !== undefined,
      described,
    })),
  );
}

/** `GET /orders/{id}` → `GET /orders/x`: a value that no schema of an id takes. */
export const filled = (name: string) => name.replaceAll(/\{\w+\}/g, 'x');

/** What only the sidecar may ask, beside internal routes. */
export function sidecarRoutes(service: ServiceName): string[] {
  return [
    'GET /dapr/subscribe',
    'POST /events/dead-letters',
    ...heardBy(service).map((topic) => `POST /events/${topic}`),
  ];
}
