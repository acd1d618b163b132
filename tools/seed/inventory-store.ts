/** Writes the first stock of articles into inventory: a level and the receipt that explains it, for those that have neither. */
import { type Database, inTransaction } from '@souk/kit/db';
import { newId } from '@souk/kit/identifier';
import type { Product } from './shop.ts';

const receipt = 'seed';

/** Adds missing levels of these products in one transaction; a level that exists is never touched. Answers how many were added. */
export function addStock(inventory: Database, products: readonly Product[]): Promise<number> {
  const variants = products.flatMap((product) => product.variants);
  return inTransaction(inventory, async (tx) => {
    const present: string[] = await tx('stock_levels')
      .whereIn(
        'sku',
        variants.map(({ sku }) => sku),
      )
      .pluck('sku');
    const missing = variants.filter(({ sku }) => !present.includes(sku));
    if (missing.length === 0) return 0;
    // Announced already: the seed writes catalog's copy itself, thousands of events would say nothing new.
    await tx('stock_levels').insert(missing.map(({ sku, stock }) => ({ sku, on_hand: stock, announced: 1 })));
    await tx('stock_movements').insert(
      missing.map(({ sku, stock }) => ({
        id: newId(),
        sku,
        kind: 'receipt',
        delta: stock,
        reference: receipt,
      })),
    );
    return missing.length;
  });
}
