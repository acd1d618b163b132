/** SQL that reads orders: one, or lists by newest first. */
import type { Executor, Transaction } from '@souk/kit/db';
import type { Order, OrderState } from './order.ts';

const columns = {
  id: 'id',
  number: 'number',
  cartId: 'cart_id',
  customerId: 'customer_id',
  state: 'state',
  paymentState: 'payment_state',
  fulfilmentState: 'fulfilment_state',
  delivery: 'delivery',
  quote: 'quote',
  names: 'names',
  payment: 'payment',
  actionUrl: 'action_url',
  cancellation: 'cancellation',
  carrier: 'carrier',
  trackingNumber: 'tracking_number',
  refunded: 'refunded',
  erasedAt: 'erased_at',
  confirmedAt: 'confirmed_at',
  expiresAt: 'expires_at',
  traceparent: 'traceparent',
  version: 'version',
  createdAt: 'created_at',
} as const;

export async function findOrder(db: Executor, id: string): Promise<Order | undefined> {
  const row = await db('orders').select(columns).where({ id }).first();
  return row && toOrder(row);
}

/** The live order of a cart, as far as the cart's next buyer may know it. */
export async function findLiveOrder(
  db: Executor,
  cartId: string,
): Promise<{ id: string; state: OrderState } | undefined> {
  return db('orders').select('id', 'state').where({ live_cart_id: cartId }).first();
}

/** The order as it is now, and nobody else moves it before the transaction ends. */
export async function lockOrder(tx: Transaction, id: string): Promise<Order | undefined> {
  const row = await tx('orders').select(columns).where({ id }).forUpdate().first();
  return row && toOrder(row);
}

/** What a list is about; members that are absent do not narrow it. */
export interface OrderFilter {
  customerId?: string;
  /** Leaves out orders that never were confirmed. */
  confirmedOnly?: boolean;
  state?: OrderState;
  number?: string;
  email?: string;
  /** Only older ones. */
  beforeId?: string;
}

/** Orders that fit, newest first: ids are made in the order of time. */
export async function listOrders(db: Executor, filter: OrderFilter, limit: number): Promise<Order[]> {
  const { customerId, confirmedOnly, state, number, email, beforeId } = filter;
  // Left to itself, MariaDB reads all orders of that state which are newer than the page.
  const byState = state && beforeId && !(customerId ?? number ?? email);
  const rows = await db(byState ? db.raw('orders FORCE INDEX (orders_state)') : 'orders')
    .select(columns)
    .where({
      ...(customerId && { customer_id: customerId }),
      ...(state && { state }),
      ...(number && { number }),
      ...(email && { email }),
    })
    .modify((query) => {
      if (confirmedOnly) query.whereNotNull('confirmed_at');
      if (beforeId) query.where('id', '<', beforeId);
    })
    .orderBy('id', 'desc')
    .limit(limit);
  return rows.map(toOrder);
}

function toOrder({ carrier, trackingNumber, ...row }: Record<string, unknown>): Order {
  return {
    ...row,
    delivery: fromJson(row.delivery),
    quote: fromJson(row.quote),
    names: fromJson(row.names),
    payment: fromJson(row.payment),
    cancellation: fromJson(row.cancellation),
    shipment: carrier === null ? null : { carrier, trackingNumber },
  } as Order;
}

/** MariaDB hands JSON over as text, MySQL as a value. */
function fromJson(value: unknown): unknown {
  return typeof value === 'string' ? JSON.parse(value) : value;
}
