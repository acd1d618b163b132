/** The transactions that move an order: each a conditional change, its history, its event and the stored answer, or nothing. */
import { crashPoint } from '@souk/kit/crash-point';
import { inTransaction } from '@souk/kit/db';
import { storeAnswer } from '@souk/kit/idempotency';
import { enqueue } from '@souk/kit/outbox';
import type { Deps } from '@souk/kit/service';
import { answerOf } from './answer.ts';
import { type Actor, appendHistory } from './history-store.ts';
import { type Cancellation, mayFollow, type Order, orderNumber } from './order.ts';
import { orderEvent } from './order-event.ts';
import { changeOrder, serialOf } from './order-store.ts';

export type Mover = Pick<Deps, 'db' | 'dapr' | 'now' | 'secrets' | 'wakeRelay' | 'log'>;

/** How soon the sweeper looks after an order that waits for its buyer or its provider. */
const waitMs = 10_000;
/** How long the one who cancels has for the inverse steps before the sweeper helps. */
export const undoMs = 3_000;

/** Confirms an order whose money is held. Undefined if somebody was faster. */
export async function confirm(
  deps: Mover,
  order: Order,
  { by, serial }: { by: Actor; serial?: number },
): Promise<Order | undefined> {
  const number = orderNumber(serial ?? (await serialOf(deps.db, order.id)));
  const confirmed = await inTransaction(deps.db, async (tx) => {
    const next = await changeOrder(tx, order, {
      state: 'confirmed',
      number,
      paymentState: 'authorised',
      confirmedAt: deps.now(),
      nextTryAt: null,
    });
    if (!next) return undefined;
    await appendHistory(tx, order.id, { state: 'confirmed', by });
    await enqueue(tx, [orderEvent('order.confirmed', next)]);
    await storeAnswer(tx, order.id, answerOf(deps, next));
    crashPoint('orders.confirm.before-commit');
    return next;
  });
  crashPoint('orders.confirm.after-commit');
  if (!confirmed) return undefined;
  deps.wakeRelay();
  deps.log.info('order.confirmed', { orderId: order.id });
  return confirmed;
}

/** Notes where the buyer must go before the payment can go on. Undefined if somebody was faster. */
export function askForAction(
  deps: Mover,
  order: Order,
  { actionUrl, by }: { actionUrl: string; by: Actor },
): Promise<Order | undefined> {
  return inTransaction(deps.db, async (tx) => {
    const nextTryAt = new Date(deps.now().getTime() + waitMs);
    const next = await changeOrder(tx, order, { state: 'requires-action', actionUrl, nextTryAt });
    if (!next) return undefined;
    await appendHistory(tx, order.id, { state: 'requires-action', by });
    await storeAnswer(tx, order.id, answerOf(deps, next));
    return next;
  });
}

/** Turns an order to `cancelling`; its inverse steps follow from there. Undefined if somebody was faster. */
export async function beginCancellation(
  deps: Mover,
  order: Order,
  { by, ...cancellation }: Cancellation & { by: Actor },
): Promise<Order | undefined> {
  if (!mayFollow(order.state, 'cancelling')) return undefined;
  const nextTryAt = new Date(deps.now().getTime() + undoMs);
  const next = await inTransaction(deps.db, async (tx) => {
    const changed = await changeOrder(tx, order, { state: 'cancelling', cancellation, nextTryAt });
    if (changed) await appendHistory(tx, order.id, { state: 'cancelling', by });
    crashPoint('orders.cancel.before-cancelling-commit');
    return changed;
  });
  crashPoint('orders.cancel.after-cancelling-commit');
  return next;
}

/** The shipment is on its way: nothing is left of the wish to cancel. Undefined if somebody was faster. */
export function dropWish(deps: Mover, order: Order): Promise<Order | undefined> {
  return changeOrder(deps.db, order, { state: order.state, cancellation: null, nextTryAt: null });
}

/** Ends a cancellation whose inverse steps are done. Undefined if somebody was faster. */
export async function endCancellation(deps: Mover, order: Order, by: Actor): Promise<Order | undefined> {
  const cancelled = await inTransaction(deps.db, async (tx) => {
    const next = await changeOrder(tx, order, {
      state: 'cancelled',
      paymentState: 'voided',
      nextTryAt: null,
    });
    if (!next) return undefined;
    await appendHistory(tx, order.id, { state: 'cancelled', by });
    if (order.confirmedAt) {
      const reason = order.cancellation?.reason ?? 'customer';
      await enqueue(tx, [orderEvent('order.cancelled', next, { reason })]);
    }
    await storeAnswer(tx, order.id, answerOf(deps, next));
    crashPoint('orders.cancel.before-cancelled-commit');
    return next;
  });
  crashPoint('orders.cancel.after-cancelled-commit');
  if (!cancelled) return undefined;
  deps.wakeRelay();
  deps.log.info('order.cancelled', { orderId: order.id, reason: order.cancellation?.reason ?? 'customer' });
  return cancelled;
}
