/** SQL of refunds as staff asked for them; payments has the money and the last word. A refund ends once. */
import type { Currency } from '@souk/contracts/money';
import type { Database, Executor, Transaction } from '@souk/kit/db';

export interface Refund {
  id: string;
  orderId: string;
  /** Minor units. */
  amount: number;
  currency: Currency;
  state: 'pending' | 'refunded' | 'failed';
  reason: string | null;
  createdAt: Date;
}

const columns = {
  id: 'id',
  orderId: 'order_id',
  amount: 'amount',
  currency: 'currency',
  state: 'state',
  reason: 'reason',
  createdAt: 'created_at',
} as const;
const firstTryMs = 5_000;
const pauseMs = 30_000;
/** An order can hardly have more: each is at least one cent of what people decided. */
const maxOfOrder = 500;

/** Inserts a pending refund; the sweeper looks after it in 5 s. */
export async function insertRefund(
  tx: Transaction,
  { id, orderId, amount, currency }: Pick<Refund, 'id' | 'orderId' | 'amount' | 'currency'>,
  now: Date,
): Promise<void> {
  const nextTryAt = new Date(now.getTime() + firstTryMs);
  await tx('refunds').insert({ id, order_id: orderId, amount, currency, next_try_at: nextTryAt });
}

export async function findRefund(db: Executor, id: string): Promise<Refund | undefined> {
  return db('refunds').select(columns).where({ id }).first();
}

/** Refunds of an order, newest first. */
export async function refundsOf(
  db: Executor,
  orderId: string,
  { limit = maxOfOrder, beforeId }: { limit?: number; beforeId?: string } = {},
): Promise<Refund[]> {
  return db('refunds')
    .select(columns)
    .where({ order_id: orderId })
    .modify((query) => {
      if (beforeId) query.where('id', '<', beforeId);
    })
    .orderBy('id', 'desc')
    .limit(limit);
}

/** The sum of an order's refunds that have not failed, in minor units. */
export async function sumOfRefunds(db: Executor, orderId: string): Promise<number> {
  const row = await db('refunds')
    .sum({ sum: 'amount' })
    .where({ order_id: orderId })
    .whereNot({ state: 'failed' })
    .first();
  return Number(row?.sum ?? 0);
}

/** Ends a refund unless it has ended. */
export async function endRefund(
  db: Executor,
  id: string,
  { state, reason }: { state: 'refunded' | 'failed'; reason?: string },
): Promise<void> {
  await db('refunds')
    .where({ id, state: 'pending' })
    .update({ state, reason: reason?.slice(0, 64) ?? null, next_try_at: null });
}

/** Claims refunds that are due by putting their next try off; those that another process claimed are left out. */
export async function claimDueRefunds(db: Database, now: Date, limit: number): Promise<Refund[]> {
  const due = await db('refunds')
    .select(columns, 'tries')
    .where('next_try_at', '<=', now)
    .orderBy('next_try_at')
    .limit(limit);
  const claimed: Refund[] = [];
  for (const { tries, ...refund } of due) {
    const nextTryAt = new Date(now.getTime() + pauseMs);
    const count = await db('refunds')
      .where({ id: refund.id, tries })
      .andWhere('next_try_at', '<=', now)
      .update({ next_try_at: nextTryAt, tries: tries + 1 });
    if (count === 1) claimed.push(refund);
  }
  return claimed;
}
