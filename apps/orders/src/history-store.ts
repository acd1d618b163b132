/** SQL of an order's history: append-only, one row a change of state. */
import type { Executor } from '@souk/kit/db';
import { newId } from '@souk/kit/identifier';
import { currentTraceparent } from '@souk/kit/trace';
import type { Order, OrderState } from './order.ts';

export interface HistoryEntry {
  id: string;
  at: Date;
  state: OrderState;
  by: string;
  traceId: string | null;
}

/** Who or what moved an order. */
export type Actor = 'buyer' | 'payment' | 'shipping' | 'staff' | 'sweeper';

/** Appends to the history; the trace is the one in which it happens. */
export async function appendHistory(
  executor: Executor,
  orderId: string,
  { state, by }: { state: OrderState; by: Actor },
): Promise<void> {
  await executor('order_history').insert({
    id: newId(),
    order_id: orderId,
    state,
    actor: by,
    trace_id: currentTraceparent()?.split('-')[1] ?? null,
  });
}

/** What the history of one order may hold at most; the state machine has no cycles. */
const maxEntries = 20;

/**
 * An order's history, oldest first: by the database's one clock, read under the lock of the order's row. Ids of several
 * processes are not always in that order.
 */
export async function readHistory(db: Executor, orderId: string): Promise<HistoryEntry[]> {
  return db('order_history')
    .select({ id: 'id', at: 'created_at', state: 'state', by: 'actor', traceId: 'trace_id' })
    .where({ order_id: orderId })
    .orderBy([{ column: 'created_at' }, { column: 'id' }])
    .limit(maxEntries);
}

/** An entry as a listener is told of it, with the order's other states as they are now. */
export interface Move extends Pick<Order, 'state' | 'paymentState' | 'fulfilmentState'> {
  id: string;
  at: Date;
}

const moves = {
  id: 'h.id',
  subject: 'h.order_id',
  state: 'h.state',
  at: 'h.created_at',
  paymentState: 'o.payment_state',
  fulfilmentState: 'o.fulfilment_state',
};

/** All entries of these orders that are not older than `withinMs` by the database's clock, oldest first. */
export async function readMoves(
  db: Executor,
  orderIds: string[],
  withinMs: number,
): Promise<(Move & { subject: string })[]> {
  return db('order_history as h')
    .join('orders as o', 'o.id', 'h.order_id')
    .select(moves)
    .whereIn('h.order_id', orderIds)
    .andWhere('h.created_at', '>=', db.raw('UTC_TIMESTAMP(6) - INTERVAL ? MICROSECOND', [withinMs * 1_000]))
    .orderBy([{ column: 'h.created_at' }, { column: 'h.id' }])
    .limit(orderIds.length * maxEntries);
}
