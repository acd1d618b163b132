/** Hands a shipment to its carrier, once: from here its money is taken, and it can no longer be cancelled. */
import type { Done } from '@souk/back-office/staff-command';
import type { Transaction } from '@souk/kit/db';
import { enqueue } from '@souk/kit/outbox';
import { refuse } from '@souk/kit/problem';
import { reply } from '@souk/kit/routes';
import { summaryOf } from './schemas.ts';
import { shipmentEvent, type Tracking } from './shipment.ts';
import { findShipment, markDispatched } from './shipment-store.ts';

/**
 * May be repeated with the same tracking. Refuses with `not-found`, `shipment-cancelled`, or `already-dispatched` if the
 * parcel has left under another number.
 */
export async function dispatchShipment(
  tx: Transaction,
  { orderId, carrier, trackingNumber, at }: Tracking & { orderId: string; at: Date },
): Promise<Done> {
  const dispatched = await markDispatched(tx, orderId, { carrier, trackingNumber, at });
  const shipment = (await findShipment(tx, orderId)) ?? refuse('not-found');
  if (shipment.state === 'cancelled') refuse('shipment-cancelled');
  if (shipment.carrier !== carrier || shipment.trackingNumber !== trackingNumber)
    refuse('already-dispatched', `It left by ${shipment.carrier} as ${shipment.trackingNumber}.`);
  const answer = { reply: reply(200, summaryOf(shipment)) };
  if (!dispatched) return answer;
  await enqueue(tx, [shipmentEvent('shipment.dispatched', shipment)]);
  const change = { action: 'shipment.dispatched', entity: 'shipment', entityId: orderId };
  const after = { state: 'dispatched', carrier, trackingNumber };
  return { ...answer, change: { ...change, before: { state: 'open' }, after } };
}
