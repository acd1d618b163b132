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

/** Makes an empty cache. */
export function createProductSummaries(
  caller: Caller,
  { maxEntries = 20_000, maxAgeMs = 15 * 60_000, now }: SummaryLimits,
): ProductSummaries {
  const kept = new Map<string, { summary: ProductSummary; readAtMs: number }>();
  let drops = 0;

  const recall = (sku: string, nowMs: number): ProductSummary | undefined => {
    const entry = kept.get(sku);
    if (!entry) return undefined;
    kept.delete(sku);
    if (nowMs - entry.readAtMs > maxAgeMs) return undefined;
    kept.set(sku, entry);
    return entry.summary;
  };

  const keep = (summary: ProductSummary, readAtMs: number) => {
    kept.set(summary.sku, { summary, readAtMs });
    if (kept.size > maxEntries) kept.delete(kept.keys().next().value!);
  };

  return {
    async of(skus) {
      const nowMs = now().getTime();
      const found = new Map<string, ProductSummary>();
      for (const sku of skus) {
        const summary = recall(sku, nowMs);
        if (summary) found.set(sku, summary);
      }
      const missing = skus.filter((sku) => !found.has(sku));
      if (missing.length === 0) return found;
      const dropsBefore = drops;
      for (const summary of await readVariants(caller, missing)) {
        found.set(summary.sku, summary);
        // What was asked before an event may be from before the change.
        if (drops === dropsBefore) keep(summary, nowMs);
      }
      return found;
    },
    drop(skus) {
      drops += 1;
      for (const sku of skus) kept.delete(sku);
    },
  };
}
