/**
 * advanceOrder: the only code that moves an order on. A step is one call keyed by the order id, which may be repeated,
 * then one conditional UPDATE; whoever loses that race reads again. Called by requests, events and the sweeper alike.
 */
import { crashPoint } from '@souk/kit/crash-point';
import { isRefusal, type Refusal } from '@souk/kit/problem';
import type { Actor } from './history-store.ts';
import {
  askForAction,
  beginCancellation,
  confirm,
  dropWish,
  endCancellation,
  type Mover,
} from './move-order.ts';
import { authorise, type PaymentAnswer, release, reserve, stopShipment, voidPayment } from './neighbours.ts';
import { awaitsShipping, type Cancellation, movingStates, type Order } from './order.ts';
import { findOrder } from './read-order-store.ts';

export interface Advance {
  by: Actor;
  /** Until when (ms since the epoch) another step may begin. */
  deadlineMs: number;
  /** Known to whoever has just inserted the order; saves a read. */
  serial?: number;
}

/** The moved order; or undefined when somebody was faster; or the order that waits for buyer or provider. */
type Step = Order | undefined | { waits: Order };

/** No order needs more steps than this, races included. */
const maxSteps = 12;

/**
 * Moves an order until it rests, waits for somebody, or the deadline has passed; answers it as it then is. A neighbour
 * that is away throws `unavailable`: the order stays where it is and the sweeper tries again.
 */
export async function advanceOrder(deps: Mover, order: Order, advance: Advance): Promise<Order> {
  let current = order;
  for (let count = 0; count < maxSteps && deps.now().getTime() < advance.deadlineMs; count += 1) {
    if (!movingStates.includes(current.state) && !awaitsShipping(current)) break;
    const step = await takeStep(deps, current, advance);
    if (step && 'waits' in step) return step.waits;
    current = step ?? (await reread(deps, current.id));
  }
  return current;
}

async function reread({ db }: Mover, orderId: string): Promise<Order> {
  const order = await findOrder(db, orderId);
  if (!order) throw new Error(`order ${orderId} has vanished`);
  return order;
}

async function takeStep(deps: Mover, order: Order, advance: Advance): Promise<Step> {
  if (order.state === 'cancelling') return cancel(deps, order, advance.by);
  if (awaitsShipping(order)) return stopAndCancel(deps, order, advance.by);
  try {
    return await applyPayment(deps, order, { answer: await reserveAndAuthorise(deps, order), advance });
  } catch (error) {
    if (isRefusal(error, 'out-of-stock')) {
      return beginCancellation(deps, order, { ...outOfStock(error), by: advance.by });
    }
    // The order was cancelled meanwhile, and a neighbour's tombstone says so.
    if (isRefusal(error, 'order-closed')) return undefined;
    throw error;
  }
}

async function reserveAndAuthorise(deps: Mover, order: Order): Promise<PaymentAnswer> {
  // Once the buyer has been asked to act, the stock is held already.
  if (order.state === 'pending') {
    crashPoint('orders.advance.before-reserve');
    await reserve(deps, order);
    crashPoint('orders.advance.after-reserve');
  }
  const answer = await authorise(deps, order);
  crashPoint('orders.advance.after-authorise');
  return answer;
}

function outOfStock(refusal: Refusal): Cancellation {
  return { reason: 'out-of-stock', lines: refusal.extra.lines as NonNullable<Cancellation['lines']> };
}

async function applyPayment(
  deps: Mover,
  order: Order,
  { answer, advance }: { answer: PaymentAnswer; advance: Advance },
): Promise<Step> {
  const { by } = advance;
  switch (answer.state) {
    case 'authorised':
      return confirm(deps, order, advance);
    case 'declined': {
      const detail = answer.reason ? { detail: answer.reason } : {};
      return beginCancellation(deps, order, { reason: 'payment-declined', ...detail, by });
    }
    case 'requires-action': {
      if (order.state === 'requires-action') return { waits: order };
      const asked = await askForAction(deps, order, { actionUrl: answer.action?.url ?? '', by });
      return asked && { waits: asked };
    }
    case 'pending':
      return { waits: order };
  }
}

/** The shipment decides whether a confirmed order can still be cancelled: shipping is asked before anything is undone. */
async function stopAndCancel(deps: Mover, order: Order, by: Actor): Promise<Step> {
  crashPoint('orders.cancel.before-shipment');
  const stopped = await stopShipment(deps, order.id);
  crashPoint('orders.cancel.after-shipment');
  return stopped ? beginCancellation(deps, order, { ...order.cancellation!, by }) : dropWish(deps, order);
}

/** Void, release, cancelled: each may be repeated, and leaves a tombstone for a step that comes late. */
async function cancel(deps: Mover, order: Order, by: Actor): Promise<Step> {
  await voidPayment(deps, order.id);
  crashPoint('orders.cancel.after-void');
  await release(deps, order.id);
  crashPoint('orders.cancel.after-release');
  return endCancellation(deps, order, by);
}
