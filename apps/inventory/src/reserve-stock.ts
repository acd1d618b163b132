/** Holds all lines of an order or none of them, once, and never more than there are. */
import type { Line } from '@souk/contracts/identifiers';
import { crashPoint } from '@souk/kit/crash-point';
import { type Database, inTransaction, isDuplicate } from '@souk/kit/db';
import { refuse } from '@souk/kit/problem';
import type { Deps } from '@souk/kit/service';
import { findReservation, insertReservation, type ReservationState } from './reservation-store.ts';
import { availableOf, takeStock } from './stock-store.ts';

export interface Reservation {
  orderId: string;
  state: Exclude<ReservationState, 'released'>;
}

export interface ReserveRequest {
  orderId: string;
  lines: Line[];
}

/** Pieces may come back between the refusal and the count of what is left: then it is worth another try. */
const maxTries = 3;

/**
 * Reserves. The same order again gets the same answer. Refuses with `out-of-stock` and `lines: [{sku, wanted,
 * available}]`, or with `order-closed` if the order has been released before, even before it came here at all.
 */
export async function reserveStock(
  { db, log }: Pick<Deps, 'db' | 'log'>,
  { orderId, lines }: ReserveRequest,
): Promise<Reservation> {
  for (let tries = 1; tries <= maxTries; tries += 1) {
    const outcome = await tryReserve(db, { orderId, lines });
    if (outcome === 'duplicate') return existingReservation(db, orderId);
    if (outcome === 'reserved') {
      crashPoint('inventory.reserve.after-commit');
      log.info('stock.reserved', { orderId, count: lines.length });
      return { orderId, state: 'reserved' };
    }
    const short = await shortLines(db, lines);
    if (short.length > 0) refuse('out-of-stock', undefined, { lines: short });
  }
  return refuse('unavailable', 'The stock is changing too fast.', { retryAfterSeconds: 1 });
}

class NotEnough extends Error {}

async function tryReserve(
  db: Database,
  { orderId, lines }: ReserveRequest,
): Promise<'reserved' | 'duplicate' | 'short'> {
  try {
    return await inTransaction<'reserved'>(db, async (tx) => {
      await insertReservation(tx, orderId, lines);
      // Last, because it locks what other buyers want too.
      if (!(await takeStock(tx, lines))) throw new NotEnough();
      crashPoint('inventory.reserve.before-commit');
      return 'reserved';
    });
  } catch (error) {
    if (error instanceof NotEnough) return 'short';
    if (isDuplicate(error)) return 'duplicate';
    throw error;
  }
}

async function existingReservation(db: Database, orderId: string): Promise<Reservation> {
  const reservation = await findReservation(db, orderId);
  if (!reservation) return refuse('unavailable', 'The order is being reserved by another request.');
  if (reservation.state === 'released') return refuse('order-closed');
  return { orderId, state: reservation.state };
}

/** Why it was refused; an article that is not kept has 0 pieces. */
async function shortLines(db: Database, lines: Line[]) {
  const available = await availableOf(
    db,
    lines.map(({ sku }) => sku),
  );
  return lines
    .map(({ sku, quantity }) => ({ sku, wanted: quantity, available: available.get(sku) ?? 0 }))
    .filter((line) => line.available < line.wanted);
}
