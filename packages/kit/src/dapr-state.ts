/** State by daprd's HTTP API: the SDK drops ETags on reading, and takes three times the processor time (docs/decisions/0003-dapr-client.md). */
import type { SidecarAnswer, SidecarHttp, SidecarRequest } from './dapr-http.ts';
import type { Log } from './log.ts';
import { Refusal } from './problem.ts';

/** Somebody else has written since the ETag was read. */
export class StaleEtag extends Error {
  constructor(key: string) {
    super(`the state of ${key} has changed meanwhile`);
    this.name = 'StaleEtag';
  }
}

export interface StateValue {
  value: unknown;
  /** Opaque; give it to `save` or `delete` to write only what was read. */
  etag: string;
}

export interface SaveOptions {
  etag?: string;
  ifAbsent?: boolean;
  ttlSeconds?: number;
}

export interface StateStore {
  get(key: string): Promise<StateValue | null>;
  /**
   * With `etag`: only if nobody else has written since, else {@link StaleEtag}; what was deleted since is written anew.
   * With `ifAbsent`: only if there is nothing, else {@link StaleEtag}. With `ttlSeconds`: for that long.
   */
  save(key: string, value: unknown, options?: SaveOptions): Promise<void>;
  delete(key: string, options?: { etag?: string }): Promise<void>;
}

const timeoutMs = 1_500;
const statusConflict = 409;
const statusEmpty = 204;
/** No value ever has it. Dapr's own first-write says neither yes nor no: it fails like a store that is away. */
const etagOfNothing = '-1';

/** A store by its component's name. Whatever but a stale ETag goes wrong is thrown as `unavailable`. */
export function stateStoreOf({
  http,
  store,
  log,
}: {
  http: SidecarHttp;
  store: string;
  log: Log;
}): StateStore {
  const root = `/v1.0/state/${store}`;
  const ask = async (operation: string, request: Omit<SidecarRequest, 'timeoutMs'>) => {
    const answer = await http.call({ ...request, timeoutMs }).catch((error: Error) => error);
    if (!(answer instanceof Error) && (answer.status < 300 || answer.status === statusConflict))
      return answer;
    const reason = answer instanceof Error ? answer.message : `${answer.status} ${answer.text.slice(0, 300)}`;
    log.warn('dapr.state-failed', { operation, component: store, reason });
    throw new Refusal('unavailable', 'The store is not available.');
  };
  const pathOf = (key: string) => `${root}/${encodeURIComponent(key)}`;
  const unlessStale = ({ status }: SidecarAnswer, key: string) => {
    if (status === statusConflict) throw new StaleEtag(key);
  };
  return {
    async get(key) {
      const { status, text, etag } = await ask('get', { method: 'GET', path: pathOf(key) });
      if (status === statusEmpty || etag === undefined) return null;
      return { value: JSON.parse(text), etag };
    },
    async save(key, value, { etag: given, ifAbsent, ttlSeconds } = {}) {
      const etag = ifAbsent ? etagOfNothing : given;
      const row = {
        key,
        value,
        ...(etag === undefined ? {} : { etag }),
        ...(ttlSeconds === undefined ? {} : { metadata: { ttlInSeconds: String(ttlSeconds) } }),
      };
      unlessStale(await ask('save', { method: 'POST', path: root, body: [row] }), key);
    },
    async delete(key, { etag } = {}) {
      const headers = etag === undefined ? {} : { headers: { 'if-match': etag } };
      unlessStale(await ask('delete', { method: 'DELETE', path: pathOf(key), ...headers }), key);
    },
  };
}
