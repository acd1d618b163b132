/** All SQL on reservations, their lines and what they hold; each function is one statement. */
import type { Line } from '@souk/contracts/identifiers';
import type { Executor, Transaction } from '@souk/kit/db';

export type ReservationState = 'reserved' | 'sold' | 'released';

/** Inserts a reservation with its lines. Throws the driver's duplicate-key error if the order has one already. */
export async function insertReservation(tx: Transaction, orderId: string, lines: Line[]): Promise<void> {
  await tx('reservations').insert({ order_id: orderId, state: 'reserved' });
  await tx('reservation_lines').insert(
    lines.map(({ sku, quantity }) => ({ order_id: orderId, sku, quantity })),
  );
}

/** Records that an order may never hold anything; false if it has a reservation. */
export async function insertTombstone(tx: Transaction, orderId: string): Promise<boolean> {
  const [result] = await tx.raw("INSERT IGNORE INTO reservations (order_id, state) VALUES (?, 'released')", [
    orderId,
  ]);
  return result.affectedRows === 1;
}

/** Moves a reservation from one state to the next; false if it is not in `from`. */
export async function moveReservation(
  tx: Transaction,
  orderId: string,
  { from, to }: { from: ReservationState; to: ReservationState },
): Promise<boolean> {
  const moved = await tx('reservations').where({ order_id: orderId, state: from }).update({ state: to });
  return moved === 1;
}

/** The state of an order's reservation and how many lines it has: a tombstone has none. */
export async function findReservation(
  executor: Executor,
  orderId: string,
): Promise<{ state: ReservationState; lineCount: number } | undefined> {
  const row = await executor('reservations as r')
    .leftJoin('reservation_lines as l', 'l.order_id', 'r.order_id')
    .where('r.order_id', orderId)
    .groupBy('r.order_id', 'r.state')
    .select('r.state')
    .count('l.sku as lines')
    .first();
  return row && { state: row.state as ReservationState, lineCount: Number(row.lines) };
}

/** How many reservations are open for longer than `hours`; at most 1,000 are counted. */
export async function countOldReservations(executor: Executor, hours: number): Promise<number> {
  const rows = await executor('reservations')
    .where({ state: 'reserved' })
    .andWhere('created_at', '<', executor.raw('UTC_TIMESTAMP(6) - INTERVAL ? HOUR', [hours]))
    .select('order_id')
    .limit(1_000);
  return rows.length;
}
