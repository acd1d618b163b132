/** What staff see of stock: levels by SKU, and the movements that made one. */
import type { Database } from '@souk/kit/db';
import { refuse } from '@souk/kit/problem';
import { isKept, listLevels, listMovements, type MovementRow } from './stock-list-store.ts';
import type { Level } from './stock-store.ts';

interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

/** A level as it is sent; `available` is what can still be promised. */
export function levelView(sku: string, { onHand, reserved, version }: Level) {
  return { sku, onHand, reserved, available: onHand - reserved, version };
}

/** A page of levels by SKU; the cursor is the last SKU. */
export async function stockPage(
  db: Database,
  { sku, below, limit, cursor }: { sku?: string; below?: number; limit: number; cursor?: string },
): Promise<Page<ReturnType<typeof levelView>>> {
  const filter = { start: sku ?? '', after: cursor ?? '', below, limit: limit + 1 };
  const rows = await listLevels(db, filter);
  const items = rows.slice(0, limit).map((row) => levelView(row.sku, row));
  return { items, nextCursor: rows.length > limit ? items.at(-1)!.sku : null };
}

/** A page of a SKU's movements, newest first; the cursor is the last id. Refuses `not-found` for what is not kept. */
export async function movementPage(
  db: Database,
  { sku, limit, cursor }: { sku: string; limit: number; cursor?: string },
): Promise<Page<Omit<MovementRow, 'at'> & { at: string }>> {
  const rows = await listMovements(db, { sku, beforeId: cursor, limit: limit + 1 });
  if (rows.length === 0 && !(await isKept(db, sku))) refuse('not-found');
  const items = rows.slice(0, limit).map(({ at, ...row }) => ({ ...row, at: at.toISOString() }));
  return { items, nextCursor: rows.length > limit ? items.at(-1)!.id : null };
}
