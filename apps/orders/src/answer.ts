/** What a buyer is told about an order: the answer to placing it, which is stored, and the order as it is now. */
import { money } from '@souk/contracts/money';
import { problems } from '@souk/contracts/problems';
import type { StoredAnswer } from '@souk/kit/idempotency';
import { problemOf, Refusal } from '@souk/kit/problem';
import type { Deps } from '@souk/kit/service';
import { orderTokenOf } from './buyer.ts';
import type { HistoryEntry } from './history-store.ts';
import { type Order, problemOfCancellation } from './order.ts';

/** An order in a list of its buyer's. */
export function summaryOf(order: Order): Record<string, unknown> {
  return {
    id: order.id,
    number: order.number,
    state: order.state,
    paymentState: order.paymentState,
    fulfilmentState: order.fulfilmentState,
    total: order.quote.total,
    refunded: money(order.refunded, order.quote.currency),
    createdAt: order.createdAt.toISOString(),
  };
}

/** An order in staff's list; once the customer was erased it has no mail. */
export function staffSummaryOf(order: Order): Record<string, unknown> {
  return { ...summaryOf(order), customerId: order.customerId, email: order.delivery.email ?? null };
}

/** An order as its owner sees it; what was erased is left out. */
export function viewOf(order: Order): Record<string, unknown> {
  const { address, billingAddress, email } = order.delivery;
  return {
    ...summaryOf(order),
    cartId: order.cartId,
    ...(!order.erasedAt && { email, address }),
    ...(billingAddress && { billingAddress }),
    quote: order.quote,
    names: order.names,
    ...(order.shipment && { shipment: order.shipment }),
    ...(order.state === 'requires-action' && { action: { url: order.actionUrl } }),
    ...(order.cancellation && { cancellation: order.cancellation }),
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
export function answerOf(deps: Pick<Deps, 'secrets'>, order: Order): StoredAnswer {
  const refused = order.state === 'cancelling' || order.state === 'cancelled';
  if (refused && order.cancellation) {
    const code = problemOfCancellation(order.cancellation);
    const { detail, lines } = order.cancellation;
    const document = problemOf(new Refusal(code, detail, { orderId: order.id, ...(lines && { lines }) }));
    return { status: problems[code].status, body: document };
  }
  // A customer needs no token: their orders are theirs by who they are.
  const token = order.customerId === null ? { token: orderTokenOf(deps, order.id) } : {};
  return { status: statusOf[order.state] ?? 201, body: { ...viewOf(order), ...token } };
}
