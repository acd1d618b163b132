/** Dapr's state in memory, with ETags as the real store keeps them: a number that grows with each write. */
import { StaleEtag, type StateStore } from '@souk/kit/dapr';

export interface FakeState extends StateStore {
  /** Time to live of what was last written under a key, in seconds. */
  ttlOf(key: string): number | undefined;
  /** Forgets everything, as an emptied Redis does. */
  clear(): void;
  /** How many reads and writes there were. */
  calls: { get: number; save: number };
  /** Runs before each write; what it throws is what the writer gets, and nothing is written. */
  beforeWrite: (key: string) => void;
  /** All that is kept, as JSON text by key. */
  contents(): Record<string, string>;
}

interface Entry {
  json: string;
  version: number;
  ttlSeconds: number | undefined;
}

/** As long as the real store takes: requests at the same time meet in between. */
const roundTrip = () => new Promise((resolve) => setTimeout(resolve, 1));

/** Makes an empty store. What is written must be JSON; what is read is a copy. */
export function createFakeState(): FakeState {
  const entries = new Map<string, Entry>();
  const calls = { get: 0, save: 0 };
  const requireEtag = (key: string, etag: string | undefined) => {
    const version = entries.get(key)?.version;
    if (version !== undefined && etag !== undefined && etag !== String(version)) throw new StaleEtag(key);
  };
  const fake: FakeState = {
    calls,
    beforeWrite: () => {},
    contents: () => Object.fromEntries([...entries].map(([key, { json }]) => [key, json])),
    ttlOf: (key) => entries.get(key)?.ttlSeconds,
    clear: () => entries.clear(),
    async get(key) {
      calls.get += 1;
      await roundTrip();
      const entry = entries.get(key);
      return entry ? { value: JSON.parse(entry.json), etag: String(entry.version) } : null;
    },
    async save(key, value, { etag, ifAbsent, ttlSeconds } = {}) {
      calls.save += 1;
      await roundTrip();
      fake.beforeWrite(key);
      requireEtag(key, ifAbsent ? '-1' : etag);
      const version = (entries.get(key)?.version ?? 0) + 1;
      entries.set(key, { json: JSON.stringify(value), version, ttlSeconds });
    },
    async delete(key, { etag } = {}) {
      fake.beforeWrite(key);
      requireEtag(key, etag);
      entries.delete(key);
    },
  };
  return fake;
}
