/** Writes the first stock of articles into inventory: a level and the receipt that explains it, for those that have neither. */
import { type Database, inTransaction, type Transaction } from '@souk/kit/db';
import { newId } from '@souk/kit/identifier';
import type { Product, Variant } from './shop.ts';

/** What catalog copies of a level; `version` is that of the stock.changed event which would have brought it. */
export type Stock = { sku: string; available: number; version: number };

/** Adds missing levels of these products in one transaction; a level that exists is never touched. Answers them all as they are now. */
export function addStock(inventory: Database, products: readonly Product[]): Promise<Stock[]> {
  const variants = products.flatMap((product) => product.variants);
  return inTransaction(inventory, async (tx) => {
    const present = await readLevels(tx, variants);
    const known = new Set(present.map(({ sku }) => sku));
    const missing = variants.filter(({ sku }) => !known.has(sku));
    if (missing.length === 0) return present;
    // Announced already: the seed writes catalog's copy itself, thousands of events would say nothing new.
    const levels = missing.map(({ sku, stock }) => ({ sku, on_hand: stock, announced: 1, version: 1 }));
    await tx('stock_levels').insert(levels);
    await tx('stock_movements').insert(missing.map(receiptRow));
    return [...present, ...levels.map(({ sku, on_hand, version }) => ({ sku, available: on_hand, version }))];
  });
}

async function readLevels(tx: Transaction, variants: readonly Variant[]): Promise<Stock[]> {
  const skus = variants.map(({ sku }) => sku);
  const rows = await tx('stock_levels').select('sku', 'on_hand', 'reserved', 'version').whereIn('sku', skus);
  return rows.map(({ sku, on_hand, reserved, version }) => ({ sku, available: on_hand - reserved, version }));
}

function receiptRow({ sku, stock }: Variant) {
  return { id: newId(), sku, kind: 'receipt', delta: stock, reference: 'seed' };
}
