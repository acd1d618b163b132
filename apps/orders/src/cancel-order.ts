/** Cancelling an order at the wish of its buyer or of staff, as long as nothing has been dispatched. */
import { inTransaction, type Transaction } from '@souk/kit/db';
import { isRefusal, refuse } from '@souk/kit/problem';
import { setOrderId } from '@souk/kit/trace';
import { advanceOrder } from './advance-order.ts';
import { type Actor, appendHistory } from './history-store.ts';
import { type Mover, undoMs } from './move-order.ts';
import { awaitsShipping, finalStates, type Order } from './order.ts';
import { changeOrder } from './order-store.ts';
import { lockOrder } from './read-order-store.ts';

const budgetMs = 1_500;

export interface Wish {
  reason: 'customer' | 'staff';
  by: Actor;
}

/**
 * Cancels, and answers the order: `cancelled`, or still on its way there when the budget ran out (the sweeper ends it).
 * Refuses with `already-dispatched`. Cancelling twice is the same as once.
 */
export async function cancelOrder(deps: Mover, orderId: string, wish: Wish): Promise<Order> {
  const { order } = await inTransaction(deps.db, (tx) => wantCancellation(deps, tx, { orderId, ...wish }));
  return carryOut(deps, order, wish.by);
}

/**
 * Notes the wish: from here it cannot be lost. What is not confirmed yet turns to `cancelling` at once; a confirmed
 * order only after shipping has agreed. Answers the order before and after.
 */
export async function wantCancellation(
  deps: Pick<Mover, 'now'>,
  tx: Transaction,
  { orderId, reason, by }: Wish & { orderId: string },
): Promise<{ before: Order; order: Order }> {
  const before = (await lockOrder(tx, orderId)) ?? refuse('not-found');
  const { state } = before;
  if (state === 'dispatched' || state === 'delivered') refuse('already-dispatched');
  if (state === 'cancelling' || state === 'cancelled' || awaitsShipping(before))
    return { before, order: before };
  const next = state === 'confirmed' ? state : 'cancelling';
  const nextTryAt = new Date(deps.now().getTime() + undoMs);
  const order = await changeOrder(tx, before, { state: next, cancellation: { reason }, nextTryAt });
  if (next === 'cancelling') await appendHistory(tx, orderId, { state: next, by });
  return { before, order: order ?? refuse('unavailable') };
}

/** Takes an order that is to be cancelled as far as the budget allows. */
export async function carryOut(deps: Mover, order: Order, by: Actor): Promise<Order> {
  setOrderId(order.id);
  const deadlineMs = deps.now().getTime() + budgetMs;
  const reached = await advanceOrder(deps, order, { by, deadlineMs }).catch((error) => {
    if (isRefusal(error, 'unavailable') || isRefusal(error, 'timeout')) return order;
    throw error;
  });
  const ends = reached.state === 'cancelling' || reached.state === 'cancelled' || awaitsShipping(reached);
  return ends ? reached : refuse('already-dispatched');
}

/** The status of the answer: done, or on its way. */
export function statusOf({ state }: Pick<Order, 'state'>): 200 | 202 {
  return finalStates.includes(state) ? 200 : 202;
}
