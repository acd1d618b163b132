/** The inverse of reserving and selling: after it the order holds nothing and never will. */
import type { Transaction } from '@souk/kit/db';
import { insertTombstone, moveReservation } from './reservation-store.ts';
import { addOrderMovements, changeLevels } from './stock-store.ts';

export type GivenBack = 'released' | 'restocked' | 'tombstone' | 'nothing';

/** Gives back whatever the order has, or leaves a tombstone; repeated, it does nothing. */
export async function giveBackStock(
  tx: Transaction,
  { orderId, movementId }: { orderId: string; movementId: string },
): Promise<GivenBack> {
  if (await moveReservation(tx, orderId, { from: 'reserved', to: 'released' })) {
    await changeLevels(tx, orderId, { onHand: 0, reserved: -1 });
    return 'released';
  }
  if (await insertTombstone(tx, orderId)) return 'tombstone';
  if (await moveReservation(tx, orderId, { from: 'sold', to: 'released' })) {
    await addOrderMovements(tx, { id: movementId, orderId, kind: 'cancellation' });
    await changeLevels(tx, orderId, { onHand: 1, reserved: 0 });
    return 'restocked';
  }
  return 'nothing';
}
