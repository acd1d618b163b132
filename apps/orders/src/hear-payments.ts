/** What orders does when payments tells it something: an outcome is a hint to ask, a movement of money is noted. */
import type { Money } from '@souk/contracts/money';
import type { ReceivedEvent } from '@souk/kit/dapr-subscribe';
import { inTransaction } from '@souk/kit/db';
import { firstTime } from '@souk/kit/inbox';
import { enqueue } from '@souk/kit/outbox';
import { setOrderId } from '@souk/kit/trace';
import { advanceOrder } from './advance-order.ts';
import type { Mover } from './move-order.ts';
import { orderEvent } from './order-event.ts';
import { addRefunded, noteCapture } from './order-store.ts';
import { findOrder, lockOrder } from './read-order-store.ts';
import { endRefund } from './refund-store.ts';

const perEventMs = 5_000;

/** A payment was authorised or declined late: take the order on. Repeatable, so it needs no inbox. */
export async function hearPaymentOutcome(deps: Mover, event: ReceivedEvent): Promise<void> {
  const orderId = String(event.payload.orderId);
  setOrderId(orderId);
  const order = await findOrder(deps.db, orderId);
  if (!order) return deps.log.warn('orders.unknown-payment', { orderId, eventId: event.id });
  await advanceOrder(deps, order, { by: 'payment', deadlineMs: deps.now().getTime() + perEventMs });
}

/** The payment was captured: note it; never backwards. */
export async function hearCaptured({ db }: Pick<Mover, 'db'>, { payload }: ReceivedEvent): Promise<void> {
  await noteCapture(db, String(payload.orderId));
}

/** Money was given back: add it up once, end the refund, and tell the buyer, unless nobody knows them any more. */
export async function hearRefunded(
  { db, wakeRelay, log }: Pick<Mover, 'db' | 'wakeRelay' | 'log'>,
  event: ReceivedEvent,
): Promise<void> {
  const { orderId, refundId, amount } = event.payload as {
    orderId: string;
    refundId: string;
    amount: Money;
  };
  await inTransaction(db, async (tx) => {
    if (!(await firstTime(tx, 'orders', event.id))) return;
    const order = await lockOrder(tx, orderId);
    if (!order) return log.warn('orders.unknown-payment', { orderId, eventId: event.id });
    await addRefunded(tx, orderId, amount.amount);
    await endRefund(tx, refundId, { state: 'refunded' });
    if (!order.erasedAt) await enqueue(tx, [orderEvent('order.refunded', order, { refundId, amount })]);
  });
  wakeRelay();
}
