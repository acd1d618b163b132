/** What orders does when payments tells it something: the event is a hint, payments' own answer is the truth. */
import type { ReceivedEvent } from '@souk/kit/dapr-subscribe';
import { setOrderId } from '@souk/kit/trace';
import { advanceOrder } from './advance-order.ts';
import type { Mover } from './move-order.ts';
import { findOrder, notePayment } from './order-store.ts';

const perEventMs = 5_000;

/** A payment was authorised or declined late: take the order on. Repeatable, so it needs no inbox. */
export async function hearPaymentOutcome(deps: Mover, event: ReceivedEvent): Promise<void> {
  const orderId = String(event.payload.orderId);
  setOrderId(orderId);
  const order = await findOrder(deps.db, orderId);
  if (!order) return deps.log.warn('orders.unknown-payment', { orderId, eventId: event.id });
  await advanceOrder(deps, order, { by: 'payment', deadlineMs: deps.now().getTime() + perEventMs });
}

/** A payment was captured or refunded: note it; never backwards. */
export async function hearPaymentMoved(
  deps: Pick<Mover, 'db'>,
  event: ReceivedEvent,
  paymentState: 'captured' | 'refunded',
): Promise<void> {
  await notePayment(deps.db, String(event.payload.orderId), paymentState);
}
