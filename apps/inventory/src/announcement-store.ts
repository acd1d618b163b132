/** All SQL on which stock levels the rest of the shop has not been told of yet. */
import type { Database, Executor, Transaction } from '@souk/kit/db';

export interface Level {
  sku: string;
  version: number;
  available: number;
}

const dueSql = 'announced = 0 AND announced_at <= UTC_TIMESTAMP(6) - INTERVAL 1 SECOND';

/** SKUs whose level is to be announced: it has changed, and the last announcement is a second old. */
export async function dueSkus(db: Database, limit: number): Promise<string[]> {
  const rows = await selectDue(db).select('sku').limit(limit);
  return rows.map(({ sku }) => sku);
}

/** Locks those of `skus` that are still due and answers their levels; what a twin announced meanwhile is not among them. */
export async function lockDueLevels(tx: Transaction, skus: string[]): Promise<Level[]> {
  const rows = await selectDue(tx)
    .select('sku', 'version', 'on_hand', 'reserved')
    .whereIn('sku', skus)
    .forUpdate();
  return rows.map(({ sku, version, on_hand, reserved }) => ({ sku, version, available: on_hand - reserved }));
}

/** Notes that the levels of `skus`, which are locked, have been announced. */
export async function markAnnounced(tx: Transaction, skus: string[]): Promise<void> {
  await tx('stock_levels')
    .whereIn('sku', skus)
    .update({ announced: 1, announced_at: tx.raw('UTC_TIMESTAMP(6)') });
}

function selectDue(executor: Executor) {
  return executor('stock_levels').whereRaw(dueSql).orderBy('sku');
}
