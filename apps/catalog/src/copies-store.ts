/** Catalog's copies of stock and price: an event counts only if its version is greater than what is known. */
import { type Database, inTransaction, type Transaction } from '@souk/kit/db';
import { projectListings } from './projection-store.ts';

export interface Stock {
  sku: string;
  available: number;
  version: number;
}

/**
 * Applies a level of stock; answers whether listings may look different now. While there was and is something left, no
 * listing changes and one statement does; a version makes an inbox row unnecessary.
 */
export async function applyStock(db: Database, { sku, available, version }: Stock): Promise<boolean> {
  if (available > 0) {
    const updated = await db('variant_stock')
      .where({ sku })
      .andWhere('version', '<', version)
      .andWhere('available', '>', 0)
      .update({ available, version });
    if (updated === 1) return false;
  }
  await inTransaction(db, async (tx) => {
    const productIds = await lockProductOf(tx, sku);
    await tx.raw(
      `INSERT INTO variant_stock (sku, available, version) VALUES (?, ?, ?)
       ON DUPLICATE KEY UPDATE available = IF(VALUES(version) > version, VALUES(available), available),
         version = GREATEST(version, VALUES(version))`,
      [sku, available, version],
    );
    await relist(tx, productIds);
  });
  return true;
}

export interface Price {
  sku: string;
  currency: string;
  amount: number;
  version: number;
}

/** Applies a price, in minor units. */
export function applyPrice(db: Database, { sku, currency, amount, version }: Price): Promise<void> {
  return inTransaction(db, async (tx) => {
    const productIds = await lockProductOf(tx, sku);
    // Assignments run from left to right: the version must come last.
    await tx.raw(
      `INSERT INTO variant_prices (sku, currency, amount, version) VALUES (?, ?, ?, ?)
       ON DUPLICATE KEY UPDATE amount = IF(VALUES(version) > version, VALUES(amount), amount),
         version = GREATEST(version, VALUES(version))`,
      [sku, currency, amount, version],
    );
    await relist(tx, productIds);
  });
}

/** Events on variants of one product take turns: each derives the listing from all of its variants. */
function lockProductOf(tx: Transaction, sku: string): Promise<string[]> {
  return tx('products')
    .where('id', tx('variants').select('product_id').where({ sku }))
    .forUpdate()
    .pluck('id');
}

async function relist(tx: Transaction, productIds: string[]): Promise<void> {
  if (productIds.length > 0) await projectListings(tx, productIds);
}
