/** Cancelling an order at its buyer's wish, as long as nothing has been dispatched. */
import { isRefusal, refuse } from '@souk/kit/problem';
import { setOrderId } from '@souk/kit/trace';
import { advanceOrder } from './advance-order.ts';
import { beginCancellation, type Mover } from './move-order.ts';
import type { Order } from './order.ts';
import { findOrder } from './order-store.ts';

const budgetMs = 1_500;
/** Each lost race is another mover's step; there are fewer than this. */
const maxRaces = 6;

/**
 * Cancels, and answers the order: `cancelled`, or still `cancelling` when the budget ran out (the sweeper ends it).
 * Refuses with `already-dispatched`. Cancelling twice is the same as once.
 */
export async function cancelOrder(deps: Mover, orderId: string): Promise<Order> {
  setOrderId(orderId);
  const deadlineMs = deps.now().getTime() + budgetMs;
  const cancelling = await turnToCancelling(deps, orderId);
  return advanceOrder(deps, cancelling, { by: 'buyer', deadlineMs }).catch((error) => {
    if (isRefusal(error, 'unavailable') || isRefusal(error, 'timeout')) return cancelling;
    throw error;
  });
}

async function turnToCancelling(deps: Mover, orderId: string): Promise<Order> {
  for (let race = 0; race < maxRaces; race += 1) {
    const order = (await findOrder(deps.db, orderId)) ?? refuse('not-found');
    if (order.state === 'cancelling' || order.state === 'cancelled') return order;
    if (order.state === 'dispatched' || order.state === 'delivered') refuse('already-dispatched');
    const cancelling = await beginCancellation(deps, order, { reason: 'customer', by: 'buyer' });
    if (cancelling) return cancelling;
  }
  return refuse('unavailable');
}
