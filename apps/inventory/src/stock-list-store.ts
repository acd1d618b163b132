/** All SQL by which staff look at stock; nothing here locks or changes anything. */
import type { Database } from '@souk/kit/db';
import type { Level } from './stock-store.ts';

export interface LevelFilter {
  /** How the SKU begins. */
  start: string;
  /** Only SKUs after this one. */
  after: string;
  /** Only levels with fewer pieces available. */
  below?: number | undefined;
  limit: number;
}

/** Levels that fit, by SKU. */
export async function listLevels(db: Database, filter: LevelFilter): Promise<(Level & { sku: string })[]> {
  const { start, after, below, limit } = filter;
  return db('stock_levels')
    .select('sku', 'on_hand as onHand', 'reserved', 'version')
    .where('sku', '>', after)
    .andWhere('sku', 'like', `${start}%`)
    .andWhere((row) => (below === undefined ? row : row.whereRaw('on_hand - reserved < ?', [below])))
    .orderBy('sku')
    .limit(limit);
}

/** Whether a SKU is kept at all. */
export async function isKept(db: Database, sku: string): Promise<boolean> {
  return (await db('stock_levels').select('sku').where({ sku }).first()) !== undefined;
}

export interface MovementRow {
  id: string;
  kind: string;
  delta: number;
  reference: string;
  reason: string | null;
  at: Date;
}

/** Movements of a SKU before `beforeId`, newest first. */
export async function listMovements(
  db: Database,
  { sku, beforeId, limit }: { sku: string; beforeId?: string | undefined; limit: number },
): Promise<MovementRow[]> {
  return db('stock_movements')
    .select('id', 'kind', 'delta', 'reference', 'reason', 'created_at as at')
    .where({ sku })
    .andWhere((row) => (beforeId === undefined ? row : row.where('id', '<', beforeId)))
    .orderBy('id', 'desc')
    .limit(limit);
}
