/** Giving money back at staff's wish: the wish and its audit row first, then payments, which alone decides what is left. */
import { createByStaff } from '@souk/back-office/staff-command';
import { type Money, money } from '@souk/contracts/money';
import type { Transaction } from '@souk/kit/db';
import { isRefusal, refuse } from '@souk/kit/problem';
import { type Input, type Reply, reply } from '@souk/kit/routes';
import type { Deps } from '@souk/kit/service';
import { setOrderId } from '@souk/kit/trace';
import { giveBack, type RefundAnswer } from './neighbours.ts';
import type { Order } from './order.ts';
import { lockOrder } from './read-order-store.ts';
import {
  claimDueRefunds,
  endRefund,
  findRefund,
  insertRefund,
  type Refund,
  sumOfRefunds,
} from './refund-store.ts';

type RefundDeps = Pick<Deps, 'db' | 'dapr' | 'newId' | 'now' | 'log' | 'wakeRelay'>;

export interface RefundWish {
  orderId: string;
  /** All that is left, if absent. */
  amount?: Money;
}

const sweepBatch = 20;

/**
 * POST /admin/refunds: 201 with the refund as it is after payments was asked; `pending` if the answer has not come yet.
 * The same key again asks for nothing new and tells how it is now.
 */
export async function refundOrder(deps: RefundDeps, input: Input<RefundWish>): Promise<Reply> {
  setOrderId(input.body.orderId);
  const made = await createByStaff(deps, input, (tx) => wantRefund(deps, tx, input.body));
  const refund = await findRefund(deps.db, (made.body as { id: string }).id);
  const reached = await settle(deps, refund ?? refuse('not-found'));
  if (reached.state === 'failed') refuseFailed(reached);
  return reply(201, refundView(reached));
}

/** Asks payments again about refunds whose answer was lost, or whose process died before it asked. */
export async function sweepRefunds(deps: RefundDeps): Promise<number> {
  const due = await claimDueRefunds(deps.db, deps.now(), sweepBatch);
  for (const refund of due) await settle(deps, refund);
  return due.length;
}

/** The order's row stays locked, so that two who give back "all that is left" do not both mean the same money. */
async function wantRefund(deps: RefundDeps, tx: Transaction, wish: RefundWish) {
  const order = (await lockOrder(tx, wish.orderId)) ?? refuse('not-found');
  const { amount, currency } = await sumOf(tx, order, wish);
  const id = deps.newId();
  await insertRefund(tx, { id, orderId: order.id, amount, currency }, deps.now());
  const change = {
    action: 'refund.requested',
    entity: 'order',
    entityId: order.id,
    before: { refunded: order.refunded },
    after: { refundId: id, amount, currency },
  };
  return { change, reply: reply(201, { id }) };
}

async function sumOf(tx: Transaction, order: Order, { amount }: RefundWish): Promise<Money> {
  const { total } = order.quote;
  if (order.paymentState !== 'captured' && order.paymentState !== 'refunded') refuse('not-refundable');
  const left = Math.max(0, total.amount - (await sumOfRefunds(tx, order.id)));
  const wanted = amount ?? money(left, total.currency);
  const fits = wanted.currency === total.currency && wanted.amount > 0 && wanted.amount <= left;
  return fits ? wanted : refuse('refund-too-high', undefined, { refundable: money(left, total.currency) });
}

/** Brings a pending refund to its end if payments can be asked; what is not known stays pending. */
async function settle(deps: RefundDeps, refund: Refund): Promise<Refund> {
  if (refund.state !== 'pending') return refund;
  const { id, orderId, amount, currency } = refund;
  const answer = await ask(deps, refund);
  if (answer.state === 'pending') return refund;
  const { state, reason } = answer;
  await endRefund(deps.db, id, { state, ...(reason && { reason }) });
  if (state === 'failed') {
    deps.log.warn('refund.failed', { orderId, refundId: id, ...(reason && { reason }) });
  }
  return { id, orderId, amount, currency, state, reason: reason ?? null, createdAt: refund.createdAt };
}

async function ask(deps: RefundDeps, { id, orderId, amount, currency }: Refund): Promise<RefundAnswer> {
  try {
    return await giveBack(deps, { id, orderId, amount, currency });
  } catch (error) {
    if (isRefusal(error, 'unavailable') || isRefusal(error, 'timeout')) return { state: 'pending' };
    if (isRefusal(error)) return { state: 'failed', reason: error.code };
    throw error;
  }
}

function refuseFailed({ reason }: Refund): never {
  if (reason === 'refund-too-high') refuse('refund-too-high');
  return refuse('not-refundable', `The provider says: ${reason ?? 'no'}.`);
}

/** A refund as staff see it. */
export function refundView({ id, orderId, amount, currency, state, reason, createdAt }: Refund) {
  return {
    id,
    orderId,
    amount: money(amount, currency),
    state,
    ...(reason && { reason }),
    createdAt: createdAt.toISOString(),
  };
}
