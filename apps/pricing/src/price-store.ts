/** Every statement on prices. */
import type { Currency } from '@souk/contracts/money';
import type { Executor, Transaction } from '@souk/kit/db';
import type { Price } from './quote.ts';

export interface PriceList {
  /** By SKU; those without a price in that currency are absent. */
  prices: ReadonlyMap<string, Price>;
  /** The highest rule version, read by the same statement; undefined when no price was found or no rules exist. */
  rulesVersion: number | undefined;
}

/** Prices of some SKUs in one currency and the number of the current rules: one statement, so one moment. */
export async function readPrices(db: Executor, currency: Currency, skus: string[]): Promise<PriceList> {
  const current = db('rule_versions').max('version').as('rulesVersion');
  const rows = await db('prices')
    .select('sku', 'amount', 'tax_class as taxClass', 'weight_grams as weightGrams', current)
    .where({ currency })
    .whereIn('sku', skus);
  const prices = new Map(
    rows.map(({ sku, amount, taxClass, weightGrams }) => [sku, { amount, taxClass, weightGrams }]),
  );
  return { prices, rulesVersion: rows[0]?.rulesVersion ?? undefined };
}

/** Sets a price and raises its version; answers the new version, or undefined when there is no such price. */
export async function updatePrice(
  tx: Transaction,
  { sku, currency, amount }: { sku: string; currency: Currency; amount: number },
): Promise<number | undefined> {
  const changed = await tx('prices')
    .where({ sku, currency })
    .update({ amount, version: tx.raw('version + 1'), updated_at: tx.raw('UTC_TIMESTAMP(6)') });
  if (changed === 0) return undefined;
  const row = await tx('prices').select('version').where({ sku, currency }).first();
  return row.version;
}
