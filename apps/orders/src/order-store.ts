/** SQL that makes and changes orders. A change of state is one conditional UPDATE on (id, version): one of several movers wins. */
import type { Quote } from '@souk/contracts/quote';
import type { Executor, Transaction } from '@souk/kit/db';
import { isDuplicate } from '@souk/kit/db';
import type { Delivery, Order, OrderState, PaymentChoice, Shipment } from './order.ts';
import { lifetimeMs } from './order.ts';

/** A request has its budget of 2.5 s; after that the sweeper may take the order on. */
const firstTryMs = 4_000;

export interface NewOrder {
  id: string;
  cartId: string;
  customerId: string | null;
  delivery: Delivery;
  quote: Quote;
  names: Order['names'];
  payment: PaymentChoice;
  traceparent: string | null;
  now: Date;
}

/** Inserts a pending order with its lines; answers it and its serial. Fails on a second live order of the same cart. */
export async function insertOrder(
  tx: Transaction,
  order: NewOrder,
): Promise<{ order: Order; serial: number }> {
  const expiresAt = new Date(order.now.getTime() + lifetimeMs);
  const [serial] = await tx('orders').insert({
    id: order.id,
    cart_id: order.cartId,
    live_cart_id: order.cartId,
    customer_id: order.customerId,
    state: 'pending',
    email: order.delivery.email,
    currency: order.quote.currency,
    total: order.quote.total.amount,
    delivery: JSON.stringify(order.delivery),
    quote: JSON.stringify(order.quote),
    names: JSON.stringify(order.names),
    payment: JSON.stringify(order.payment),
    expires_at: expiresAt,
    next_try_at: new Date(order.now.getTime() + firstTryMs),
    traceparent: order.traceparent,
    created_at: order.now,
  });
  await tx('order_lines').insert(
    order.quote.lines.map(({ sku, quantity, total }, position) => ({
      order_id: order.id,
      position,
      sku,
      quantity,
      total: total.amount,
    })),
  );
  const { now, ...given } = order;
  return {
    serial: Number(serial),
    order: {
      ...given,
      number: null,
      state: 'pending',
      paymentState: 'open',
      fulfilmentState: 'open',
      actionUrl: null,
      cancellation: null,
      shipment: null,
      refunded: 0,
      erasedAt: null,
      confirmedAt: null,
      expiresAt,
      version: 1,
      createdAt: now,
    },
  };
}

/** Whether an error says that the cart has a live order already. */
export function isCartTaken(error: unknown): boolean {
  return isDuplicate(error) && /live_cart_id/.test((error as Error).message);
}

/** What a change sets beside the state and the version. */
export interface Change {
  state: OrderState;
  number?: string;
  paymentState?: Order['paymentState'];
  actionUrl?: string;
  /** Null takes a wish to cancel back. */
  cancellation?: Order['cancellation'];
  fulfilmentState?: Order['fulfilmentState'];
  shipment?: Shipment;
  confirmedAt?: Date;
  /** When the sweeper looks next; null when the order rests. */
  nextTryAt: Date | null;
}

/** Moves an order if nobody else has since it was read; answers the moved order, or undefined if somebody was faster. */
export async function changeOrder(
  executor: Executor,
  order: Order,
  change: Change,
): Promise<Order | undefined> {
  const { state, nextTryAt, ...rest } = change;
  const updated = await executor('orders')
    .where({ id: order.id, version: order.version })
    .update({ state, version: order.version + 1, next_try_at: nextTryAt, tries: 0, ...rowOf(rest, state) });
  return updated === 0 ? undefined : { ...order, state, ...rest, version: order.version + 1 };
}

function rowOf(change: Omit<Change, 'state' | 'nextTryAt'>, state: OrderState): Record<string, unknown> {
  const { number, paymentState, fulfilmentState, actionUrl, cancellation, shipment, confirmedAt } = change;
  return {
    ...(number && { number }),
    ...(paymentState && { payment_state: paymentState }),
    ...(fulfilmentState && { fulfilment_state: fulfilmentState }),
    ...(actionUrl && { action_url: actionUrl }),
    ...(cancellation !== undefined && { cancellation: cancellation && JSON.stringify(cancellation) }),
    ...(shipment && { carrier: shipment.carrier, tracking_number: shipment.trackingNumber }),
    ...(confirmedAt && { confirmed_at: confirmedAt }),
    ...(state === 'cancelled' && { live_cart_id: null }),
  };
}

export async function serialOf(db: Executor, id: string): Promise<number> {
  const row = await db('orders').select('serial').where({ id }).first();
  return Number(row.serial);
}

/** Notes that the payment was captured; repeatable, and never backwards. */
export async function noteCapture(db: Executor, id: string): Promise<void> {
  await db('orders')
    .where({ id })
    .whereIn('payment_state', ['open', 'authorised'])
    .update({ payment_state: 'captured' });
}

/** Adds what was given back, once all of it is the payment is `refunded`; to be called once a refund. */
export async function addRefunded(tx: Transaction, id: string, amount: number): Promise<void> {
  // MariaDB and MySQL assign from left to right: the state is decided before the sum grows.
  await tx.raw(
    `UPDATE orders SET payment_state = IF(refunded + ? >= total, 'refunded', payment_state),
       refunded = refunded + ? WHERE id = ?`,
    [amount, amount, id],
  );
}
