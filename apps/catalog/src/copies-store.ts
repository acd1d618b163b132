/** Catalog's copies of stock and price: an event counts only if its version is greater than what is known. */
import { type Database, inTransaction, type Transaction } from '@souk/kit/db';
import { projectListings } from './projection-store.ts';

export interface Level {
  sku: string;
  available: number;
  version: number;
}

/**
 * Applies levels of stock; answers the SKUs whose listings may look different now. While there was and is something left,
 * no listing changes, and one statement does for all of them; a version makes an inbox row unnecessary.
 */
export async function applyStock(db: Database, levels: readonly Level[]): Promise<Set<string>> {
  const crossing = await withoutEasy(db, levels);
  if (crossing.length > 0) await inTransaction(db, (tx) => writeLevels(tx, crossing));
  return new Set(crossing.map(({ sku }) => sku));
}

/** Applies what changes no listing; answers the rest: what is or was sold out, or is new. */
async function withoutEasy(db: Database, levels: readonly Level[]): Promise<Level[]> {
  const left = levels.filter(({ available }) => available > 0);
  if (left.length === 0) return [...levels];
  const cases = ['CASE sku', ...left.map(() => 'WHEN ? THEN ?'), 'END'].join(' ');
  const values = (of: keyof Level) => left.flatMap((level) => [level.sku, level[of]]);
  const skus = left.map(({ sku }) => sku);
  const updated = await db('variant_stock')
    .whereIn('sku', skus)
    .andWhere('version', '<', db.raw(cases, values('version')))
    .andWhere('available', '>', 0)
    .update({ available: db.raw(cases, values('available')), version: db.raw(cases, values('version')) });
  if (updated === levels.length) return [];
  const known = await db('variant_stock').select('sku', 'version').whereIn('sku', skus);
  const versions = new Map(known.map((row) => [row.sku, row.version]));
  return levels.filter(({ sku, version }) => (versions.get(sku) ?? 0) < version);
}

async function writeLevels(tx: Transaction, levels: readonly Level[]): Promise<void> {
  const skus = levels.map(({ sku }) => sku);
  const productIds = await lockProductsOf(tx, skus);
  // Assignments run from left to right: the version must come last, here and below.
  await tx('variant_stock')
    .insert(levels.map(({ sku, available, version }) => ({ sku, available, version })))
    .onConflict('sku')
    .merge({
      available: tx.raw('IF(VALUES(version) > version, VALUES(available), available)'),
      version: tx.raw('GREATEST(version, VALUES(version))'),
    });
  await relist(tx, productIds);
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
    const productIds = await lockProductsOf(tx, [sku]);
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
function lockProductsOf(tx: Transaction, skus: string[]): Promise<string[]> {
  return tx('products')
    .whereIn('id', tx('variants').select('product_id').whereIn('sku', skus))
    .orderBy('id')
    .forUpdate()
    .pluck('id');
}

async function relist(tx: Transaction, productIds: string[]): Promise<void> {
  if (productIds.length > 0) await projectListings(tx, productIds);
}
