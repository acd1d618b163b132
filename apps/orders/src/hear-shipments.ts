/** What orders does when shipping tells it something: the order follows its parcel, in whatever order the events come. */
import type { ReceivedEvent } from '@souk/kit/dapr-subscribe';
import { inTransaction } from '@souk/kit/db';
import { enqueue } from '@souk/kit/outbox';
import { refuse } from '@souk/kit/problem';
import { appendHistory } from './history-store.ts';
import type { Mover } from './move-order.ts';
import type { Order, Shipment } from './order.ts';
import { orderEvent } from './order-event.ts';
import { changeOrder } from './order-store.ts';
import { findOrder } from './read-order-store.ts';

type Goal = 'dispatched' | 'delivered';

/** Each lost race is another mover's step; there are fewer than this. */
const maxRaces = 8;

/** Repeatable, so it needs no inbox: the state machine knows what has been. */
export async function hearShipment(deps: Mover, { payload }: ReceivedEvent, goal: Goal): Promise<void> {
  const { orderId, carrier, trackingNumber } = payload as Shipment & { orderId: string };
  for (let race = 0; race < maxRaces; race += 1) {
    const order = await findOrder(deps.db, orderId);
    if (!order) return deps.log.warn('orders.unknown-shipment', { orderId });
    if (order.state === goal || order.state === 'delivered') return;
    if (order.state !== 'confirmed' && order.state !== 'dispatched') {
      // Shipping and orders agree on this before either acts; if they ever did not, goods are out that nobody pays.
      return deps.log.error('orders.shipped-but-not-confirmed', { orderId, state: order.state });
    }
    await follow(deps, order, { carrier, trackingNumber });
  }
  refuse('unavailable');
}

/** One step: what is delivered was dispatched before, even if that is heard later. */
async function follow(deps: Mover, order: Order, shipment: Shipment): Promise<void> {
  const state = order.state === 'confirmed' ? 'dispatched' : 'delivered';
  const followed = await inTransaction(deps.db, async (tx) => {
    // A wish to cancel that shipping had not answered yet has come too late.
    const change = { state, fulfilmentState: state, shipment, cancellation: null, nextTryAt: null } as const;
    const next = await changeOrder(tx, order, change);
    if (!next) return false;
    await appendHistory(tx, order.id, { state, by: 'shipping' });
    await enqueue(tx, [orderEvent(`order.${state}`, next, state === 'dispatched' ? { ...shipment } : {})]);
    return true;
  });
  if (!followed) return;
  deps.wakeRelay();
  deps.log.info(`order.${state}`, { orderId: order.id });
}
