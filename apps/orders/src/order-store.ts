/** All SQL of orders. A change of state is one conditional UPDATE on (id, version): one of several movers wins. */
import type { Quote } from '@souk/contracts/quote';
import type { Database, Executor, Transaction } from '@souk/kit/db';
import { isDuplicate } from '@souk/kit/db';
import type { Delivery, Order, OrderState, PaymentChoice } from './order.ts';
import { lifetimeMs } from './order.ts';

const columns = [
  'id',
  'number',
  'cart_id',
  'state',
  'payment_state',
  'fulfilment_state',
  'delivery',
  'quote',
  'names',
  'payment',
  'action_url',
  'cancellation',
  'confirmed_at',
  'expires_at',
  'traceparent',
  'version',
  'created_at',
] as const;

/** A request has its budget of 2.5 s; after that the sweeper may take the order on. */
const firstTryMs = 4_000;

export interface NewOrder {
  id: string;
  cartId: string;
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
  const { id, cartId, delivery, quote, names, payment, traceparent, now } = order;
  return {
    serial: Number(serial),
    order: {
      id,
      cartId,
      delivery,
      quote,
      names,
      payment,
      traceparent,
      number: null,
      state: 'pending',
      paymentState: 'open',
      fulfilmentState: 'open',
      actionUrl: null,
      cancellation: null,
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

export async function findOrder(db: Executor, id: string): Promise<Order | undefined> {
  const row = await db('orders')
    .select(...columns)
    .where({ id })
    .first();
  return row && toOrder(row);
}

/** The live order of a cart, as far as the cart's next buyer may know it. */
export async function findLiveOrder(
  db: Executor,
  cartId: string,
): Promise<{ id: string; state: OrderState } | undefined> {
  return db('orders').select('id', 'state').where({ live_cart_id: cartId }).first();
}

/** What a change sets beside the state and the version. */
export interface Change {
  state: OrderState;
  number?: string;
  paymentState?: Order['paymentState'];
  actionUrl?: string;
  cancellation?: Order['cancellation'];
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
  const { state, number, paymentState, actionUrl, cancellation, confirmedAt, nextTryAt } = change;
  const updated = await executor('orders')
    .where({ id: order.id, version: order.version })
    .update({
      state,
      version: order.version + 1,
      next_try_at: nextTryAt,
      tries: 0,
      ...(number && { number }),
      ...(paymentState && { payment_state: paymentState }),
      ...(actionUrl && { action_url: actionUrl }),
      ...(cancellation && { cancellation: JSON.stringify(cancellation) }),
      ...(confirmedAt && { confirmed_at: confirmedAt }),
      ...(state === 'cancelled' && { live_cart_id: null }),
    });
  if (updated === 0) return undefined;
  const { nextTryAt: _, ...changed } = change;
  return { ...order, ...changed, version: order.version + 1 };
}

export async function serialOf(db: Executor, id: string): Promise<number> {
  const row = await db('orders').select('serial').where({ id }).first();
  return Number(row.serial);
}

/** Notes a captured or refunded payment; repeatable, and never backwards. */
export async function notePayment(
  db: Database,
  id: string,
  paymentState: 'captured' | 'refunded',
): Promise<void> {
  const before = paymentState === 'captured' ? ['open', 'authorised'] : ['open', 'authorised', 'captured'];
  await db('orders').where({ id }).whereIn('payment_state', before).update({ payment_state: paymentState });
}

function toOrder(row: Record<string, unknown>): Order {
  return {
    id: row.id,
    number: row.number,
    cartId: row.cart_id,
    state: row.state,
    paymentState: row.payment_state,
    fulfilmentState: row.fulfilment_state,
    delivery: fromJson(row.delivery),
    quote: fromJson(row.quote),
    names: fromJson(row.names),
    payment: fromJson(row.payment),
    actionUrl: row.action_url,
    cancellation: fromJson(row.cancellation),
    confirmedAt: row.confirmed_at,
    expiresAt: row.expires_at,
    traceparent: row.traceparent,
    version: row.version,
    createdAt: row.created_at,
  } as Order;
}

/** MariaDB hands JSON over as text, MySQL as a value. */
function fromJson(value: unknown): unknown {
  return typeof value === 'string' ? JSON.parse(value) : value;
}
