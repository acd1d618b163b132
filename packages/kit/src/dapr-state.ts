/** State by the SDK, which resolves `{error}` instead of throwing and drops ETags: here it throws and keeps them. */
import type { DaprClient } from '@dapr/dapr';
import { withDeadline } from './deadline.ts';
import type { Log } from './log.ts';
import { Refusal } from './problem.ts';
import { withClientSpan } from './trace.ts';

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
/** No value ever has it. Dapr's own first-write says neither yes nor no: it fails like a store that is away. */
const etagOfNothing = '-1';

/** A store by its component's name. Whatever but a stale ETag goes wrong is thrown as `unavailable`. */
export function stateStoreOf({ sdk, store, log }: { sdk: DaprClient; store: string; log: Log }): StateStore {
  const fail = (operation: string, error: unknown): never => {
    log.warn('dapr.state-failed', { operation, component: store, reason: (error as Error).message });
    throw new Refusal('unavailable', 'The store is not available.');
  };
  const write = async (operation: string, key: string, ask: () => Promise<{ error?: Error }>) => {
    const asked = withClientSpan(`${operation} ${store}`, () => withDeadline(ask(), timeoutMs));
    const { error } = await asked.catch((thrown: Error) => ({ error: thrown }));
    if (!error) return;
    if (statusOf(error) === statusConflict) throw new StaleEtag(key);
    fail(operation, error);
  };
  return {
    async get(key) {
      // getBulk, because get drops the ETag.
      const ask = () => sdk.state.getBulk(store, [key], { parallelism: 1 });
      const asked = withClientSpan(`get ${store}`, () => withDeadline(ask(), timeoutMs));
      const items = await asked.catch((error) => fail('get', error));
      const [item] = items as { data?: unknown; etag?: string; error?: string }[];
      if (item?.error) fail('get', new Error(item.error));
      return item?.etag === undefined ? null : { value: item.data, etag: item.etag };
    },
    async save(key, value, { etag: given, ifAbsent, ttlSeconds } = {}) {
      const etag = ifAbsent ? etagOfNothing : given;
      const row = {
        key,
        value,
        ...(etag === undefined ? {} : { etag }),
        ...(ttlSeconds === undefined ? {} : { metadata: { ttlInSeconds: String(ttlSeconds) } }),
      };
      await write('save', key, () => sdk.state.save(store, [row]));
    },
    async delete(key, { etag } = {}) {
      const options = etag === undefined ? {} : { etag };
      await write('delete', key, () => sdk.state.delete(store, encodeURIComponent(key), options));
    },
  };
}

/** The status in the SDK's error, whose message is JSON; undefined if there is none. */
function statusOf(error: Error): number | undefined {
  try {
    return (JSON.parse(error.message) as { status?: number }).status;
  } catch {
    return undefined;
  }
}
