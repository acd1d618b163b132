/** SQL of an order's history: append-only, one row a change of state. */
import type { Executor } from '@souk/kit/db';
import { newId } from '@souk/kit/identifier';
import { currentTraceparent } from '@souk/kit/trace';
import type { OrderState } from './order.ts';

export interface HistoryEntry {
  at: Date;
  state: OrderState;
  by: string;
  traceId: string | null;
}

/** Who or what moved an order. */
export type Actor = 'buyer' | 'payment' | 'sweeper';

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

/** An order's history, oldest first; bounded by the state machine, which has no cycles. */
export async function readHistory(db: Executor, orderId: string): Promise<HistoryEntry[]> {
  const rows = await db('order_history')
    .select('created_at', 'state', 'actor', 'trace_id')
    .where({ order_id: orderId })
    .orderBy('id')
    .limit(20);
  return rows.map((row) => ({ at: row.created_at, state: row.state, by: row.actor, traceId: row.trace_id }));
}
