/** Notes, once, that a shipment has arrived. */
import type { Done } from '@souk/back-office/staff-command';
import type { Transaction } from '@souk/kit/db';
import { enqueue } from '@souk/kit/outbox';
import { refuse } from '@souk/kit/problem';
import { reply } from '@souk/kit/routes';
import { summaryOf } from './schemas.ts';
import { shipmentEvent } from './shipment.ts';
import { findShipment, markDelivered } from './shipment-store.ts';

/** May be repeated. Refuses with `not-found`, `shipment-cancelled` or `not-dispatched`. */
export async function deliverShipment(
  tx: Transaction,
  { orderId, at }: { orderId: string; at: Date },
): Promise<Done> {
  const delivered = await markDelivered(tx, orderId, at);
  const shipment = (await findShipment(tx, orderId)) ?? refuse('not-found');
  if (shipment.state === 'cancelled') refuse('shipment-cancelled');
  if (shipment.state === 'open') refuse('not-dispatched');
  const answer = { reply: reply(200, summaryOf(shipment)) };
  if (!delivered) return answer;
  await enqueue(tx, [shipmentEvent('shipment.delivered', shipment)]);
  const change = { action: 'shipment.delivered', entity: 'shipment', entityId: orderId };
  return { ...answer, change: { ...change, before: { state: 'dispatched' }, after: { state: 'delivered' } } };
}
