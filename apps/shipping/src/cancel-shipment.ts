/** Stops a shipment as long as it has not left; between this and dispatch the shipment's row decides. */
import { refuse } from '@souk/kit/problem';
import type { Deps } from '@souk/kit/service';
import { findShipment, insertTombstone, markCancelled } from './shipment-store.ts';

/**
 * Makes sure that an order is never sent, also if its shipment is not there yet; may be repeated. Refuses with
 * `already-dispatched`.
 */
export async function cancelShipment(
  { db, log, now }: Pick<Deps, 'db' | 'log' | 'now'>,
  orderId: string,
): Promise<void> {
  const at = now();
  // Again after the tombstone: the shipment may have been opened between the two.
  const stopped =
    (await markCancelled(db, orderId, at)) ||
    (await insertTombstone(db, orderId, at)) ||
    (await markCancelled(db, orderId, at));
  if (stopped) {
    log.info('shipment.cancelled', { orderId });
    return;
  }
  const shipment = await findShipment(db, orderId);
  if (shipment?.state !== 'cancelled') refuse('already-dispatched');
}
