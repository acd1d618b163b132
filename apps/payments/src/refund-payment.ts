// Promises that a refund moves money once and that refunds together never exceed what was captured.

import type { Currency } from '@souk/contracts/money';
import { crashPoint } from '@souk/kit/crash-point';
import { isRefusal, refuse } from '@souk/kit/problem';
import { changePayment, type PaymentsDeps, readPayment } from './change-payment.ts';
import { refunded, refundFailed, refundRequested } from './payment-refund.ts';
import { endRefund, findRefund, insertRefund, type Refund } from './refund-store.ts';

export interface RefundPayment {
  refundId: string;
  orderId: string;
  /** Minor units. */
  amount: number;
  currency: Currency;
}
export const refundDueMs = 5_000;

/** Gives captured money back. Idempotent by refund id; a refund still `started` is finished by the sweeper. */
export async function refundPayment(deps: PaymentsDeps, command: RefundPayment): Promise<Refund> {
  const known = await findRefund(deps.db, command.refundId);
  const refund = known ?? (await openRefund(deps, command));
  const { orderId, amount, currency } = command;
  if (refund.orderId !== orderId || refund.amount !== amount || refund.currency !== currency) {
    refuse('idempotency-key-reused', 'This refund id belongs to another refund.');
  }
  return refund.state === 'started' ? askToRefund(deps, refund) : refund;
}

/** Asks the provider for a started refund and records the answer; not knowing changes nothing. */
export async function askToRefund(deps: PaymentsDeps, refund: Refund): Promise<Refund> {
  const { refundId, orderId, amount } = refund;
  const { providerRef } = await readPayment(deps, orderId);
  if (providerRef === null) throw new Error('A captured payment has a reference of the provider.');
  crashPoint('payments.refund.before-provider');
  const reply = await deps.provider.refund({ refundId, ref: providerRef, amount });
  crashPoint('payments.refund.after-provider');
  if (reply.kind === 'unknown') {
    deps.log.warn('refund.in-doubt', { refundId, orderId, reason: reply.reason });
    return refund;
  }
  const state = reply.kind === 'answer' ? 'refunded' : 'failed';
  const reason = reply.kind === 'refused' ? reply.code : null;
  if (reason) deps.log.error('refund.failed', { refundId, orderId, code: reason });
  await changePayment(deps, orderId, {
    refundId,
    decide: (payment) => (state === 'refunded' ? refunded(payment, amount) : refundFailed(payment, amount)),
    also: (tx) => endRefund(tx, { refundId, state, reason }),
  });
  return { ...refund, state, reason };
}

async function openRefund(deps: PaymentsDeps, command: RefundPayment): Promise<Refund> {
  const refund: Refund = { ...command, state: 'started', reason: null, attempts: 0 };
  const dueAt = new Date(deps.now().getTime() + refundDueMs);
  try {
    await changePayment(deps, command.orderId, {
      decide: (payment) => refundRequested(payment, command),
      also: (tx) => insertRefund(tx, refund, dueAt),
    });
  } catch (error) {
    // A twin that was faster has set this very amount aside, which makes it look as if there were nothing left.
    if (!isRefusal(error, 'refund-too-high') || !(await findRefund(deps.db, command.refundId))) throw error;
  }
  return (await findRefund(deps.db, command.refundId)) ?? refuse('unavailable');
}
