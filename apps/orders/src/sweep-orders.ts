/** The sweeper: whatever stands still is taken on, and what has stood too long is cancelled. Orders' only clock. */

import { reapKeys } from '@souk/kit/idempotency';
import { withTraceparent } from '@souk/kit/trace';
import { advanceOrder } from './advance-order.ts';
import { beginCancellation, type Mover } from './move-order.ts';
import type { Order } from './order.ts';
import { claimDue, findDue } from './sweep-store.ts';

const batchSize = 50;
const atOnce = 8;
const perOrderMs = 4_000;
const reapEveryMs = 60 * 60 * 1_000;

/** One sweep: at most 50 orders, eight at a time; a failure of one is logged and tried again later. */
export async function sweepOrders(deps: Mover): Promise<number> {
  const due = await findDue(deps.db, deps.now(), batchSize);
  const queue = [...due];
  const worker = async () => {
    for (let id = queue.shift(); id !== undefined; id = queue.shift()) await sweepOne(deps, id);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, due.length) }, worker));
  return due.length;
}

async function sweepOne(deps: Mover, orderId: string): Promise<void> {
  try {
    const order = await claimDue(deps.db, orderId, deps.now());
    if (order) await withTraceparent(order.traceparent, 'orders.sweep', () => takeOn(deps, order));
  } catch (error) {
    deps.log.warn('orders.sweep-failed', { orderId, reason: (error as Error).message });
  }
}

async function takeOn(deps: Mover, order: Order): Promise<void> {
  const unconfirmed = order.state === 'pending' || order.state === 'requires-action';
  const expired = unconfirmed && order.expiresAt <= deps.now();
  // Losing this race means that somebody confirmed or cancelled it: advancing then does nothing or helps.
  const current = expired
    ? ((await beginCancellation(deps, order, { reason: 'expired', by: 'sweeper' })) ?? undefined)
    : order;
  if (!current) return;
  await advanceOrder(deps, current, { by: 'sweeper', deadlineMs: deps.now().getTime() + perOrderMs });
}

/** Deletes old idempotency keys once an hour of this process. */
export function keyReaper(deps: Pick<Mover, 'db' | 'now'>): () => Promise<void> {
  let lastMs = deps.now().getTime();
  return async () => {
    if (deps.now().getTime() - lastMs < reapEveryMs) return;
    lastMs = deps.now().getTime();
    await reapKeys(deps.db);
  };
}
