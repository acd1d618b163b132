/** All SQL on stock levels and the movement ledger. Rows are always locked in the order of their SKUs. */
import type { Line } from '@souk/contracts/identifiers';
import type { Executor, Transaction } from '@souk/kit/db';

/**
 * Reserves every line whose SKU has enough, in one statement; false if some had not: then roll back. The index is named
 * so that two baskets meet their common SKUs in the same order, whatever the optimiser thinks of a small table.
 */
export async function takeStock(tx: Transaction, lines: Line[]): Promise<boolean> {
  const wanted = tx.raw(
    ['CASE sku', ...lines.map(() => 'WHEN ? THEN ?'), 'END'].join(' '),
    lines.flatMap(({ sku, quantity }) => [sku, quantity]),
  );
  const [result] = await tx.raw(
    `UPDATE stock_levels FORCE INDEX (PRIMARY)
     SET reserved = reserved + ?, version = version + 1, announced = 0
     WHERE sku IN (?) AND on_hand - reserved >= ?
     ORDER BY sku`,
    [wanted, lines.map(({ sku }) => sku), wanted] as never,
  );
  return result.affectedRows === lines.length;
}

/** How many pieces of each SKU can still be promised; SKUs that are not kept are absent. */
export async function availableOf(executor: Executor, skus: string[]): Promise<Map<string, number>> {
  const rows = await executor('stock_levels').select('sku', 'on_hand', 'reserved').whereIn('sku', skus);
  return new Map(rows.map((row) => [row.sku, row.on_hand - row.reserved]));
}

/** What becomes of the pieces of a reservation: signs by which its quantities change the level. */
export interface LevelChange {
  onHand: -1 | 0 | 1;
  reserved: -1 | 0;
}

/** Applies a reservation's quantities to the levels. The join begins with the lines, so SKUs are locked in order. */
export async function changeLevels(tx: Transaction, orderId: string, change: LevelChange): Promise<void> {
  await tx.raw(
    `UPDATE reservation_lines l STRAIGHT_JOIN stock_levels s ON s.sku = l.sku
     SET s.reserved = s.reserved + ? * l.quantity, s.on_hand = s.on_hand + ? * l.quantity,
       s.version = s.version + 1, s.announced = 0
     WHERE l.order_id = ?`,
    [change.reserved, change.onHand, orderId],
  );
}

/** Writes a reservation's quantities to the ledger: pieces go (`sale`) or come back (`cancellation`). */
export async function addOrderMovements(
  tx: Transaction,
  { id, orderId, kind }: { id: string; orderId: string; kind: 'sale' | 'cancellation' },
): Promise<void> {
  await tx.raw(
    `INSERT INTO stock_movements (id, sku, kind, delta, reference)
     SELECT ?, sku, ?, ? * quantity, order_id FROM reservation_lines WHERE order_id = ?`,
    [id, kind, kind === 'sale' ? -1 : 1, orderId],
  );
}

export interface Movement {
  id: string;
  kind: 'receipt' | 'correction';
  sku: string;
  delta: number;
  reference: string;
  reason?: string | undefined;
}

/** Writes a movement to the ledger. Throws the driver's duplicate-key error if its reference has been used. */
export async function addMovement(tx: Transaction, { reason, ...movement }: Movement): Promise<void> {
  await tx('stock_movements').insert({ ...movement, reason: reason ?? null });
}

/** More pieces of one SKU than any shelf holds, and far from the end of an INT. */
export const maxPieces = 100_000_000;

export interface Level {
  onHand: number;
  reserved: number;
  version: number;
}

/** A level as it is now, locked until the transaction ends; undefined if the SKU is not kept. */
export async function lockLevel(tx: Transaction, sku: string): Promise<Level | undefined> {
  return tx('stock_levels')
    .select('on_hand as onHand', 'reserved', 'version')
    .where({ sku })
    .forUpdate()
    .first();
}

/** Adds pieces to a level, which begins with them if it is new. */
export async function addStock(tx: Transaction, { sku, quantity }: Line): Promise<void> {
  await tx.raw(
    `INSERT INTO stock_levels (sku, on_hand) VALUES (?, ?)
     ON DUPLICATE KEY UPDATE on_hand = on_hand + ?, version = version + 1, announced = 0`,
    [sku, quantity, quantity],
  );
}

/** Corrects a level, which is locked, by `delta` pieces. */
export async function correctLevel(tx: Transaction, sku: string, delta: number): Promise<void> {
  await tx('stock_levels')
    .where({ sku })
    .update({
      on_hand: tx.raw('on_hand + ?', [delta]),
      version: tx.raw('version + 1'),
      announced: 0,
    });
}
