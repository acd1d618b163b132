/** Every statement on prices. */
import type { Currency } from '@souk/contracts/money';
import type { Executor, Transaction } from '@souk/kit/db';
import type { Price } from './quote.ts';

export interface PriceList {
  /** By SKU; those that are not sold, or have no price in that currency, are absent. */
  prices: ReadonlyMap<string, Price>;
  /** The highest rule version, read by the same statement; undefined when no price was found or no rules exist. */
  rulesVersion: number | undefined;
}

/** Prices of some SKUs in one currency and the number of the current rules: one statement, so one moment. */
export async function readPrices(db: Executor, currency: Currency, skus: string[]): Promise<PriceList> {
  const current = db('rule_versions').max('version').as('rulesVersion');
  const rows = await db('prices as p')
    .join('articles as a', 'a.sku', 'p.sku')
    .select('p.sku', 'p.amount', 'a.tax_class as taxClass', 'a.weight_grams as weightGrams', current)
    .where({ 'p.currency': currency, 'a.sellable': 1 })
    .whereIn('p.sku', skus);
  const prices = new Map(
    rows.map(({ sku, amount, taxClass, weightGrams }) => [sku, { amount, taxClass, weightGrams }]),
  );
  return { prices, rulesVersion: rows[0]?.rulesVersion ?? undefined };
}

/** What a SKU costs in one currency; `version` grows with every change. */
export interface PriceRow {
  sku: string;
  currency: Currency;
  /** Minor units. */
  amount: number;
  version: number;
}

/** The prices of some SKUs, by SKU and currency. */
export function findPrices(db: Executor, skus: string[]): Promise<PriceRow[]> {
  return pricesOf(db, skus);
}

/** The same, for one SKU, locked until the transaction ends; also against a first price. */
export function lockPrices(tx: Transaction, sku: string): Promise<PriceRow[]> {
  return pricesOf(tx, [sku]).forUpdate();
}

function pricesOf(executor: Executor, skus: string[]) {
  return executor('prices')
    .select('sku', 'currency', 'amount', 'version')
    .whereIn('sku', skus)
    .orderBy(['sku', 'currency']);
}

/** Writes prices whose rows are locked, new ones too. */
export async function putPrices(tx: Transaction, rows: PriceRow[]): Promise<void> {
  const updated_at = tx.raw('UTC_TIMESTAMP(6)');
  await tx('prices')
    .insert(rows.map((row) => ({ ...row, updated_at })))
    .onConflict(['sku', 'currency'])
    .merge(['amount', 'version', 'updated_at']);
}
