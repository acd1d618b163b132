/** Typed calls to the services that an order needs; each is keyed by the order id and has its share of the budget. */
import type { Line } from '@souk/contracts/identifiers';
import type { Currency } from '@souk/contracts/money';
import type { Quote } from '@souk/contracts/quote';
import { isRefusal } from '@souk/kit/problem';
import type { Deps } from '@souk/kit/service';
import type { Buyer } from './buyer.ts';
import type { Delivery, Order } from './order.ts';
import { linesOf } from './order.ts';

type Caller = Pick<Deps, 'dapr'>;

/** Milliseconds that each neighbour gets. */
const budgetMs = { cart: 300, quote: 300, reserve: 500, authorise: 1_200, undo: 500, refund: 2_500 };

export interface CartForOrder {
  id: string;
  currency: Currency;
  items: (Line & { name: string })[];
  delivery: Delivery | null;
  closedBy: string | null;
}

/** The cart, if it is this buyer's; else `not-found`. */
export function readCart({ dapr }: Caller, cartId: string, buyer: Buyer): Promise<CartForOrder> {
  return dapr.invoke<CartForOrder>({
    app: 'cart',
    method: 'GET',
    path: `/internal/carts/${cartId}`,
    headers: 'customerId' in buyer ? { 'customer-id': buyer.customerId } : { 'cart-token': buyer.cartToken },
    timeoutMs: budgetMs.cart,
  });
}

/** The quote as it is now; refuses with `price-changed` and the new one if its hash is not `quoteHash`. */
export function checkQuote(
  { dapr }: Caller,
  cart: CartForOrder & { delivery: Delivery },
  { orderId, quoteHash }: { orderId: string; quoteHash: string },
): Promise<Quote> {
  return dapr.invoke<Quote>({
    app: 'pricing',
    method: 'POST',
    path: '/internal/quotes',
    body: {
      orderId,
      quoteHash,
      currency: cart.currency,
      country: cart.delivery.address.country,
      shippingMethod: cart.delivery.shippingMethod,
      lines: cart.items.map(({ sku, quantity }) => ({ sku, quantity })),
    },
    timeoutMs: budgetMs.quote,
  });
}

/** Reserves all lines or none; repeatable. Refuses with `out-of-stock` or, after a release, `order-closed`. */
export async function reserve({ dapr }: Caller, order: Order): Promise<void> {
  await dapr.invoke({
    app: 'inventory',
    method: 'PUT',
    path: `/internal/reservations/${order.id}`,
    body: { lines: linesOf(order) },
    timeoutMs: budgetMs.reserve,
  });
}

/** Gives the stock back and leaves a tombstone; repeatable. */
export async function release({ dapr }: Caller, orderId: string): Promise<void> {
  await dapr.invoke({
    app: 'inventory',
    method: 'DELETE',
    path: `/internal/reservations/${orderId}`,
    timeoutMs: budgetMs.undo,
  });
}

export interface PaymentAnswer {
  state: 'authorised' | 'declined' | 'requires-action' | 'pending';
  action?: { url: string };
  reason?: string;
}

/** Authorises the order's total, or tells what became of it; repeatable. Refuses after a void with `order-closed`. */
export function authorise({ dapr }: Caller, order: Order): Promise<PaymentAnswer> {
  return dapr.invoke<PaymentAnswer>({
    app: 'payments',
    method: 'PUT',
    path: `/internal/payments/${order.id}`,
    body: { amount: order.quote.total.amount, currency: order.quote.currency, ...order.payment },
    timeoutMs: budgetMs.authorise,
  });
}

/** Gives the money back, or makes sure that it is never taken; repeatable. */
export async function voidPayment({ dapr }: Caller, orderId: string): Promise<void> {
  await dapr.invoke({
    app: 'payments',
    method: 'DELETE',
    path: `/internal/payments/${orderId}`,
    timeoutMs: budgetMs.undo,
  });
}

/** Whether the order's shipment is stopped for good, also one that is not there yet; repeatable. False: it is on its way. */
export async function stopShipment({ dapr }: Caller, orderId: string): Promise<boolean> {
  const path = `/internal/shipment-cancellations/${orderId}`;
  try {
    await dapr.invoke({ app: 'shipping', method: 'PUT', path, timeoutMs: budgetMs.undo });
    return true;
  } catch (error) {
    if (isRefusal(error, 'already-dispatched')) return false;
    throw error;
  }
}

export interface RefundAnswer {
  state: 'pending' | 'refunded' | 'failed';
  reason?: string;
}

/** Gives captured money back, or tells what became of it; repeatable. Refuses with `refund-too-high`. */
export function giveBack(
  { dapr }: Caller,
  { id, ...refund }: { id: string; orderId: string; amount: number; currency: Currency },
): Promise<RefundAnswer> {
  const path = `/internal/refunds/${id}`;
  return dapr.invoke({ app: 'payments', method: 'PUT', path, body: refund, timeoutMs: budgetMs.refund });
}
