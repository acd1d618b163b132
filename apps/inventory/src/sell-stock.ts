/** order.confirmed: the reservation becomes a sale, once, in the same transaction as the inbox row. */
import { crashPoint } from '@souk/kit/crash-point';
import type { ReceivedEvent } from '@souk/kit/dapr-subscribe';
import { inTransaction, type Transaction } from '@souk/kit/db';
import { firstTime } from '@souk/kit/inbox';
import type { Log } from '@souk/kit/log';
import type { Deps } from '@souk/kit/service';
import { findReservation, moveReservation } from './reservation-store.ts';
import { addOrderMovements, changeLevels } from './stock-store.ts';

type Outcome = 'repeated' | 'sold' | 'sold-before' | 'released-before' | 'tombstone' | 'missing';

/** Applies the event. Without a reservation it changes nothing and alarms: somebody paid for pieces that nobody held. */
export async function sellStock(
  { db, log, newId }: Pick<Deps, 'db' | 'log' | 'newId'>,
  event: ReceivedEvent,
): Promise<void> {
  const { orderId } = event.payload;
  const outcome = await inTransaction(db, async (tx) => {
    if (!(await firstTime(tx, 'inventory', event.id))) return 'repeated';
    const sold = await sell(tx, { orderId, movementId: newId() });
    crashPoint('inventory.confirm.before-commit');
    return sold;
  });
  crashPoint('inventory.confirm.after-commit');
  report(log, outcome, { orderId, eventId: event.id });
}

async function sell(
  tx: Transaction,
  { orderId, movementId }: { orderId: string; movementId: string },
): Promise<Outcome> {
  if (!(await moveReservation(tx, orderId, { from: 'reserved', to: 'sold' }))) return whyNot(tx, orderId);
  await addOrderMovements(tx, { id: movementId, orderId, kind: 'sale' });
  await changeLevels(tx, orderId, { onHand: -1, reserved: -1 });
  return 'sold';
}

async function whyNot(tx: Transaction, orderId: string): Promise<Outcome> {
  const reservation = await findReservation(tx, orderId);
  if (!reservation) return 'missing';
  if (reservation.state === 'sold') return 'sold-before';
  return reservation.lineCount > 0 ? 'released-before' : 'tombstone';
}

/** A buyer may cancel before this event arrives (`released-before`); that is in order, the other two never are. */
function report(log: Log, outcome: Outcome, fields: { orderId: string; eventId: string }): void {
  if (outcome === 'sold') log.info('stock.sold', fields);
  else if (outcome === 'missing' || outcome === 'tombstone')
    log.error('reservation.missing', { ...fields, reason: outcome });
  else log.info('stock.not-sold', { ...fields, reason: outcome });
}
