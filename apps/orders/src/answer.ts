/** What a buyer is told about an order: the answer to placing it, which is stored, and the order as it is now. */
import { problems } from '@souk/contracts/problems';
import type { StoredAnswer } from '@souk/kit/idempotency';
import { problemOf, Refusal } from '@souk/kit/problem';
import type { Deps } from '@souk/kit/service';
import { signToken } from '@souk/kit/token';
import type { HistoryEntry } from './history-store.ts';
import { type Order, problemOfCancellation } from './order.ts';

/** The key of guests' order tokens. */
export const tokenKey = 'order-token-key';

/** An order as its owner sees it. */
export function viewOf(order: Order): Record<string, unknown> {
  const { address, billingAddress, email } = order.delivery;
  return {
    id: order.id,
    number: order.number,
    state: order.state,
    paymentState: order.paymentState,
    fulfilmentState: order.fulfilmentState,
    cartId: order.cartId,
    email,
    address,
    ...(billingAddress && { billingAddress }),
    quote: order.quote,
    names: order.names,
    total: order.quote.total,
    ...(order.state === 'requires-action' && { action: { url: order.actionUrl } }),
    ...(order.cancellation && { cancellation: order.cancellation }),
    createdAt: order.createdAt.toISOString(),
  };
}

/** {@link viewOf} with its history. */
export function viewWithHistory(order: Order, history: HistoryEntry[]): Record<string, unknown> {
  const entries = history.map(({ at, state, by, traceId }) => ({ at: at.toISOString(), state, by, traceId }));
  return { ...viewOf(order), history: entries };
}

const statusOf: Partial<Record<Order['state'], number>> = { pending: 202, 'requires-action': 202 };

/**
 * The answer to the request that placed this order: 201, 202, or the problem for which it was cancelled. It is made of
 * the order alone, so that any process can make it again.
 */
export function answerOf({ secrets }: Pick<Deps, 'secrets'>, order: Order): StoredAnswer {
  const refused = order.state === 'cancelling' || order.state === 'cancelled';
  if (refused && order.cancellation) {
    const code = problemOfCancellation(order.cancellation);
    const { detail, lines } = order.cancellation;
    const document = problemOf(new Refusal(code, detail, { orderId: order.id, ...(lines && { lines }) }));
    return { status: problems[code].status, body: document };
  }
  const token = signToken(secrets[tokenKey]!, 'order', order.id);
  return { status: statusOf[order.state] ?? 201, body: { ...viewOf(order), token } };
}
