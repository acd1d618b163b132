/**
 * A bounded memory of what was read: fresh for a moment, then served once more while it is read anew, never older than
 * that. Who watches for changes, and drops what has changed, may say until when all that is left was true: so long it is fresh.
 */

export interface MemoryOptions {
  /** The least recently used goes first. */
  maxEntries: number;
  /** Up to this age a value is simply given. */
  freshMs: number;
  /** Up to this age it is given while it is read again; older ones are gone. */
  staleMs: number;
  /** Until when all that was not dropped is known to be true, on the clock of `nowMs`. */
  trueAtMs?: () => number;
  /** How long after a value was read that counts: even what nobody saw change is read anew in the end. 30 s if absent. */
  trustMs?: number;
  nowMs?: () => number;
}

/** A value, and the words by which it may be dropped. */
export interface Remembered<T> {
  value: T;
  tags?: readonly string[];
}

/** As many as happen while something is loaded; what takes longer is not kept. */
const maxDrops = 100;

type Load<T> = () => Promise<Remembered<T>>;

export interface Memory<T> {
  /** What is known of `key`, without waiting. */
  peek(key: string): T | undefined;
  /** What is known of `key`, or what `load` brings; whoever asks meanwhile shares the same load. Errors are not kept. */
  get(key: string, load: Load<T>): Promise<T>;
  /**
   * Forgets all that carries one of the tags; without tags, everything. What is being loaded now is kept only if it turns
   * out to carry none of them.
   */
  drop(tags?: ReadonlySet<string>): void;
}

interface Entry<T> extends Remembered<T> {
  loadedAtMs: number;
  load: Load<T>;
}

/** Makes an empty memory. */
export function createMemory<T>(options: MemoryOptions): Memory<T> {
  const { maxEntries, freshMs, staleMs, trueAtMs, trustMs = 30_000 } = options;
  const { nowMs = () => performance.now() } = options;
  const entries = new Map<string, Entry<T>>();
  const loading = new Map<string, Promise<T>>();
  const drops = createDropLog();

  function peek(key: string): T | undefined {
    const entry = entries.get(key);
    if (!entry) return undefined;
    const ageMs = ageOf(entry);
    entries.delete(key);
    if (ageMs > staleMs) return undefined;
    entries.set(key, entry);
    // If it fails, whoever comes after the stale time hears of it.
    if (ageMs > freshMs) void loadOnce(key, entry.load).catch(() => {});
    return entry.value;
  }

  /** How long ago the value was last known to be true; after `trustMs`, how long it has been trusted too long. */
  function ageOf({ loadedAtMs }: Entry<T>): number {
    const now = nowMs();
    const ageMs = now - loadedAtMs;
    return Math.min(ageMs, Math.max(now - (trueAtMs?.() ?? loadedAtMs), ageMs - trustMs));
  }

  function loadOnce(key: string, load: Load<T>): Promise<T> {
    const running = loading.get(key);
    if (running) return running;
    const promise = loadAndKeep(key, load).finally(() => {
      if (loading.get(key) === promise) loading.delete(key);
    });
    loading.set(key, promise);
    return promise;
  }

  async function loadAndKeep(key: string, load: Load<T>): Promise<T> {
    const startedAt = drops.now();
    const loadedAtMs = nowMs();
    const remembered = await load();
    if (!drops.hit(startedAt, remembered.tags)) {
      entries.delete(key);
      entries.set(key, { ...remembered, loadedAtMs, load });
      if (entries.size > maxEntries) entries.delete(entries.keys().next().value!);
    }
    return remembered.value;
  }

  return {
    peek,
    async get(key, load) {
      return peek(key) ?? loadOnce(key, load);
    },
    drop(dropped) {
      drops.add(dropped);
      if (dropped === undefined) {
        loading.clear();
        return entries.clear();
      }
      for (const [key, { tags }] of entries) if (tags?.some((tag) => dropped.has(tag))) entries.delete(key);
    },
  };
}

/** What was dropped lately: who has loaded something meanwhile asks whether that still holds. */
function createDropLog() {
  let drops: (ReadonlySet<string> | undefined)[] = [];
  let forgotten = 0;
  return {
    /** How many drops there have been. */
    now: () => forgotten + drops.length,
    add(tags: ReadonlySet<string> | undefined) {
      if (drops.length === maxDrops) {
        forgotten += drops.length;
        drops = [];
      }
      drops.push(tags);
    },
    /** Whether any of the drops after the first `since` may have been about these tags. */
    hit: (since: number, tags: readonly string[] = []) =>
      since < forgotten ||
      drops.slice(since - forgotten).some((dropped) => !dropped || tags.some((tag) => dropped.has(tag))),
  };
}
