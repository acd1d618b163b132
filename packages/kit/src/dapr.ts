/** The sidecar as a service sees it: every call has a deadline, and whatever fails throws a typed error. */
import { CommunicationProtocolEnum, DaprClient, type DaprClientOptions } from '@dapr/dapr';
import { openSidecarHttp, type SidecarHttp } from './dapr-http.ts';
import { type InvokeRequest, invokerOf } from './dapr-invoke.ts';
import { type OutboundEvent, publisherOf } from './dapr-publish.ts';
import { type StateStore, stateStoreOf } from './dapr-state.ts';
import { withDeadline } from './deadline.ts';
import type { Log } from './log.ts';
import { Refusal } from './problem.ts';
import { withClientSpan } from './trace.ts';

export type { InvokeRequest } from './dapr-invoke.ts';
export type { OutboundEvent } from './dapr-publish.ts';
export { StaleEtag, type StateStore, type StateValue } from './dapr-state.ts';

export interface DaprOptions {
  appId: string;
  httpPort: number;
  /** For workflows, which the SDK runs over gRPC. */
  grpcPort?: number;
  /** DAPR_API_TOKEN, which the sidecar demands. */
  apiToken: string;
  log: Log;
}

export interface Dapr {
  /**
   * Calls another service. A neighbour's problem document is thrown as a `Refusal` with its code, detail and members;
   * no answer in time, no neighbour, and a neighbour's own 5xx are `unavailable`.
   */
  invoke<T>(request: InvokeRequest): Promise<T>;
  /** Publishes events of one topic; the ids that the broker did not acknowledge come back. Never throws. */
  publishBulk(topic: string, events: OutboundEvent[]): Promise<{ failedIds: string[] }>;
  /** A state store by its component's name. */
  state(store: string): StateStore;
  /** The parts of one secret, by name; most secrets have one part named as themselves. */
  secrets(store: string, name: string): Promise<Record<string, string>>;
  /** Calls an output binding and answers what it answers. */
  bind(name: string, operation: string, data: unknown, metadata?: Record<string, string>): Promise<unknown>;
  /** Values of the configuration store; keys that it does not have are absent. */
  configuration(store: string, keys: string[]): Promise<Record<string, string>>;
  /** Resolves when the sidecar has loaded its components; throws `unavailable` after `timeoutMs`. */
  untilReady(timeoutMs: number): Promise<void>;
  /** Topics that the sidecar listens to for this app. */
  subscribedTopics(): Promise<string[]>;
  /** Ends the sidecar; whoever supervises it starts it anew. */
  shutDown(): Promise<void>;
  /** Closes the connections to the sidecar. */
  close(): Promise<void>;
}

const bindTimeoutMs = 5_000;
const secretTimeoutMs = 3_000;
const configurationTimeoutMs = 1_000;
const metadataTimeoutMs = 2_000;
const readyPollMs = 100;

/** Makes the client of this process's own sidecar. It opens no connection before the first call. */
export function createDapr({ appId, httpPort, apiToken, log }: DaprOptions): Dapr {
  const http = openSidecarHttp({ port: httpPort, apiToken });
  const sdk = openSdk(httpPort, apiToken);
  const failed = (operation: string, name: string) => (error: unknown) => {
    log.warn('dapr.failed', { operation, component: name, reason: (error as Error).message });
    throw new Refusal('unavailable', `${name} is not available.`);
  };
  return {
    invoke: invokerOf({ http, log }),
    publishBulk: publisherOf({ appId, http, log }),
    state: (store) => stateStoreOf({ http, store, log }),
    async secrets(store, name) {
      const asked = sdk.secret.get(store, name) as Promise<Record<string, string>>;
      return withDeadline(asked, secretTimeoutMs).catch(failed('secret', store));
    },
    async bind(name, operation, data, metadata = {}) {
      const ask = () => withDeadline(sdk.binding.send(name, operation, data, metadata), bindTimeoutMs);
      return withClientSpan(`${operation} ${name}`, ask).catch(failed(operation, name));
    },
    configuration: (store, keys) =>
      readConfiguration(http, store, keys).catch(failed('configuration', store)),
    untilReady: (timeoutMs) => untilReady(http, timeoutMs),
    subscribedTopics: () => subscribedTopics(http).catch(failed('metadata', 'sidecar')),
    async shutDown() {
      const path = '/v1.0/shutdown';
      await http
        .call({ method: 'POST', path, timeoutMs: metadataTimeoutMs })
        .catch(failed('shutdown', 'sidecar'));
    },
    close: () => http.close(),
  };
}

/** The SDK, told to be quiet: it prints whole values on errors, and its errors reach us anyway. */
function openSdk(httpPort: number, daprApiToken: string): DaprClient {
  const silence = () => {};
  const service = { error: silence, warn: silence, info: silence, verbose: silence, debug: silence };
  const options: Partial<DaprClientOptions> = {
    daprHost: '127.0.0.1',
    daprPort: String(httpPort),
    communicationProtocol: CommunicationProtocolEnum.HTTP,
    daprApiToken,
    logger: { service },
  };
  return new DaprClient(options);
}

/** By daprd's HTTP API: the SDK's HTTP client has no configuration. */
async function readConfiguration(
  http: SidecarHttp,
  store: string,
  keys: string[],
): Promise<Record<string, string>> {
  const query = keys.map((key) => `key=${encodeURIComponent(key)}`).join('&');
  const answer = await http.call({
    method: 'GET',
    path: `/v1.0/configuration/${store}?${query}`,
    timeoutMs: configurationTimeoutMs,
  });
  // It has none of the keys: nothing was ever set.
  if (answer.status === 204) return {};
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
  const items = JSON.parse(answer.text) as Record<string, { value: string }>;
  return Object.fromEntries(Object.entries(items).map(([key, item]) => [key, item.value]));
}

async function subscribedTopics(http: SidecarHttp): Promise<string[]> {
  const answer = await http.call({ method: 'GET', path: '/v1.0/metadata', timeoutMs: metadataTimeoutMs });
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
  const { subscriptions = [] } = JSON.parse(answer.text) as { subscriptions?: { topic: string }[] };
  return subscriptions.map(({ topic }) => topic);
}

async function untilReady(http: SidecarHttp, timeoutMs: number): Promise<void> {
  const endMs = Date.now() + timeoutMs;
  while (Date.now() < endMs) {
    const path = '/v1.0/healthz/outbound';
    const answer = await http.call({ method: 'GET', path, timeoutMs: 1_000 }).catch(() => undefined);
    if (answer?.status === 204) return;
    await new Promise((resolve) => setTimeout(resolve, readyPollMs));
  }
  throw new Refusal('unavailable', 'The sidecar is not ready.');
}
