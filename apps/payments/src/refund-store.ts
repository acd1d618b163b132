// Promises all SQL over refunds; a refund ends once.
import type { Currency } from '@souk/contracts/money';
import type { Executor, Transaction } from '@souk/kit/db';

/** One refund; `amount` in minor units. */
export interface Refund {
  refundId: string;
  orderId: string;
  amount: number;
  currency: Currency;
  state: 'started' | 'refunded' | 'failed';
  reason: string | null;
  attempts: number;
}

const columns = ['refund_id', 'order_id', 'amount', 'currency', 'state', 'reason', 'attempts'] as const;

/** Inserts a started refund; false if the id is taken. */
export async function insertRefund(tx: Transaction, refund: Refund, dueAt: Date): Promise<boolean> {
  const row = [refund.refundId, refund.orderId, refund.amount, refund.currency, 'started', dueAt];
  const [result] = await tx.raw(
    'INSERT IGNORE INTO refunds (refund_id, order_id, amount, currency, state, due_at) VALUES (?, ?, ?, ?, ?, ?)',
    row as never,
  );
  return result.affectedRows === 1;
}

export async function findRefund(db: Executor, refundId: string): Promise<Refund | undefined> {
  const row = await db('refunds').select(columns).where({ refund_id: refundId }).first();
  return row && fromRow(row);
}

const maxRefunds = 200;

/** The refunds of an order, the oldest first. */
export async function refundsOf(db: Executor, orderId: string): Promise<Refund[]> {
  const rows = await db('refunds')
    .select(columns)
    .where({ order_id: orderId })
    .orderBy('refund_id')
    .limit(maxRefunds);
  return rows.map(fromRow);
}

/** Ends a started refund; false if it had ended before. */
export async function endRefund(
  tx: Transaction,
  { refundId, state, reason }: { refundId: string; state: 'refunded' | 'failed'; reason: string | null },
): Promise<boolean> {
  const ended = await tx('refunds')
    .where({ refund_id: refundId, state: 'started' })
    .update({ state, reason: reason?.slice(0, 64) ?? null, due_at: null });
  return ended === 1;
}

/** Started refunds whose provider has not been heard, the oldest first. */
export async function dueRefunds(db: Executor, now: Date, limit: number): Promise<Refund[]> {
  const rows = await db('refunds').select(columns).where('due_at', '<=', now).orderBy('due_at').limit(limit);
  return rows.map(fromRow);
}

export async function postponeRefund(
  db: Executor,
  { refundId, attempts }: Refund,
  dueAt: Date,
): Promise<void> {
  await db('refunds')
    .where({ refund_id: refundId, state: 'started' })
    .update({ attempts: attempts + 1, due_at: dueAt });
}

// biome-ignore lint/suspicious/noExplicitAny: a row as the driver gives it
function fromRow(row: any): Refund {
  return {
    refundId: row.refund_id,
    orderId: row.order_id,
    amount: row.amount,
    currency: row.currency,
    state: row.state,
    reason: row.reason,
    attempts: row.attempts,
  };
}
