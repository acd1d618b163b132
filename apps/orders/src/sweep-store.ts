/** SQL of the sweeper: which orders are due, and a claim that lets one process take each. */
import type { Database } from '@souk/kit/db';
import type { Order } from './order.ts';
import { findOrder } from './read-order-store.ts';

const firstPauseMs = 2_000;
const longestPauseMs = 30_000;

/** Ids of orders that are due, longest waiting first. */
export async function findDue(db: Database, now: Date, limit: number): Promise<string[]> {
  const rows = await db('orders')
    .select('id')
    .where('next_try_at', '<=', now)
    .orderBy('next_try_at')
    .limit(limit);
  return rows.map(({ id }) => id);
}

/** Claims a due order by putting its next try off (2 s, 4 s … 30 s); undefined if another process was faster. */
export async function claimDue(db: Database, id: string, now: Date): Promise<Order | undefined> {
  const due = await db('orders').select('tries').where({ id }).andWhere('next_try_at', '<=', now).first();
  if (!due) return undefined;
  const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(due.tries, 10));
  const claimed = await db('orders')
    .where({ id, tries: due.tries })
    .andWhere('next_try_at', '<=', now)
    .update({ next_try_at: new Date(now.getTime() + pauseMs), tries: due.tries + 1 });
  return claimed === 1 ? findOrder(db, id) : undefined;
}
