/** Names and pictures of articles, kept in process: they change rarely, and events say when. Never prices. */
import { type ProductSummary, readVariants } from './neighbours.ts';

type Caller = Parameters<typeof readVariants>[0];

export interface ProductSummaries {
  /** Summaries by SKU; SKUs that catalog does not sell are absent. */
  of(skus: string[]): Promise<Map<string, ProductSummary>>;
  /** Forgets what is known of these SKUs. */
  drop(skus: string[]): void;
}

export interface SummaryLimits {
  /** How many are kept; the one that was not wanted for the longest time goes first. */
  maxEntries?: number;
  /** Another replica may have got the event: nothing is believed for longer than this. */
  maxAgeMs?: number;
  now: () => Date;
}

/** Catalog is asked about so many at once, as far as there are some that will soon be too old. */
const together = 50;

/** Makes an empty cache. */
export function createProductSummaries(
  caller: Caller,
  { maxEntries = 20_000, maxAgeMs = 15 * 60_000, now }: SummaryLimits,
): ProductSummaries {
  const memory = createMemory(maxEntries, maxAgeMs);
  let drops = 0;

  /** Asks about these and some that are ageing, and keeps what is known of them from now on. */
  const read = async (missing: string[], nowMs: number): Promise<ProductSummary[]> => {
    const asked = [...missing, ...memory.takeAgeing(together - missing.length)];
    const dropsBefore = drops;
    const summaries = await readVariants(caller, asked);
    // What was asked before an event may be from before the change.
    if (drops !== dropsBefore) return summaries;
    for (const sku of asked) memory.forget(sku);
    for (const summary of summaries) memory.keep(summary, nowMs);
    return summaries;
  };

  return {
    async of(skus) {
      const nowMs = now().getTime();
      const found = new Map<string, ProductSummary>();
      for (const sku of skus) {
        const summary = memory.recall(sku, nowMs);
        if (summary) found.set(sku, summary);
      }
      const missing = skus.filter((sku) => !found.has(sku));
      if (missing.length === 0) return found;
      for (const summary of await read(missing, nowMs)) {
        if (missing.includes(summary.sku)) found.set(summary.sku, summary);
      }
      return found;
    },
    drop(skus) {
      drops += 1;
      for (const sku of skus) memory.forget(sku);
    },
  };
}

/** What was read and when, bounded in number and age. */
function createMemory(maxEntries: number, maxAgeMs: number) {
  const kept = new Map<string, { summary: ProductSummary; readAtMs: number }>();
  /** Wanted in the second half of their time: whoever has to ask asks about them too, so that few ever have to. */
  const ageing = new Set<string>();
  const forget = (sku: string) => {
    kept.delete(sku);
    ageing.delete(sku);
  };
  return {
    forget,
    recall(sku: string, nowMs: number): ProductSummary | undefined {
      const entry = kept.get(sku);
      if (!entry) return undefined;
      const ageMs = nowMs - entry.readAtMs;
      if (ageMs > maxAgeMs) {
        forget(sku);
        return undefined;
      }
      kept.delete(sku);
      kept.set(sku, entry);
      if (ageMs > maxAgeMs / 2) ageing.add(sku);
      return entry.summary;
    },
    keep(summary: ProductSummary, readAtMs: number) {
      kept.set(summary.sku, { summary, readAtMs });
      if (kept.size > maxEntries) forget(kept.keys().next().value!);
    },
    /** So many of them at most; they are not ageing any more until they are wanted again. */
    takeAgeing(count: number): string[] {
      const taken = ageing.values().take(Math.max(0, count)).toArray();
      for (const sku of taken) ageing.delete(sku);
      return taken;
    },
  };
}
