// Promises that what stands still moves on: unanswered payments, open voids, failed captures, refunds, waiting events.
import { setOrderId, withTraceparent } from '@souk/kit/trace';
import { askToAuthorise, recordReply } from './authorise-payment.ts';
import { askToCapture } from './capture-payment.ts';
import { changePayment, type PaymentsDeps } from './change-payment.ts';
import { abandoned, type Payment } from './payment.ts';
import { duePayments, postponePayment } from './payment-store.ts';
import {
  dueEvents,
  endWaiting,
  forgetOldEvents,
  postponeEvent,
  type WaitingEvent,
} from './provider-event-store.ts';
import { retryEvent } from './receive-webhook.ts';
import { askToRefund } from './refund-payment.ts';
import { dueRefunds, postponeRefund, type Refund } from './refund-store.ts';

const batchSize = 50;
const atOnce = 5;
const firstPauseMs = 5_000;
const longestPauseMs = 5 * 60_000;
/** No request of ours is under way for longer: what the provider does not know by then, it will never get. */
const inFlightMs = 30_000;
const waitingMs = 24 * 3_600_000;

/** A sweep that never overlaps itself in one process: a call during a round answers 0 at once. */
export function createSweeper(deps: PaymentsDeps): () => Promise<number> {
  let running = false;
  return async () => {
    if (running) return 0;
    running = true;
    try {
      return await sweepPayments(deps);
    } finally {
      running = false;
    }
  };
}

/** One bounded round. Answers how many things it has looked at; a failure of one leaves the others alone. */
export async function sweepPayments(deps: PaymentsDeps): Promise<number> {
  const now = deps.now();
  const payments = await duePayments(deps.db, now, batchSize);
  await eachOf(deps, payments, (payment) =>
    withTraceparent(payment.traceparent, 'payment.swept', () => sweepPayment(deps, payment)),
  );
  const refunds = await dueRefunds(deps.db, now, batchSize);
  await eachOf(deps, refunds, (refund) => sweepRefund(deps, refund));
  const events = await dueEvents(deps.db, now, batchSize);
  await eachOf(deps, events, (waiting) => sweepEvent(deps, waiting));
  await forgetOldEvents(deps.db);
  return payments.length + refunds.length + events.length;
}

async function sweepPayment(deps: PaymentsDeps, payment: Payment): Promise<void> {
  setOrderId(payment.orderId);
  // Before the provider is asked, so that a payment over which a process dies does not come up at once for ever.
  await postponePayment(deps.db, payment, nextLook(deps, payment.attempts));
  if (payment.state === 'capturing' || payment.state === 'capture-failed') {
    await askToCapture(deps, payment);
    return;
  }
  const reply = await deps.provider.find(payment.orderId);
  if (reply.kind !== 'answer') await recordReply(deps, payment, { reply, late: true });
  else if (reply.value === null) await sweepUnheardOf(deps, payment);
  else await recordReply(deps, payment, { reply: { kind: 'answer', value: reply.value }, late: true });
}

async function sweepUnheardOf(deps: PaymentsDeps, payment: Payment): Promise<void> {
  if (payment.state !== 'started') {
    deps.log.error('payment.unknown-to-provider', { orderId: payment.orderId, state: payment.state });
    return;
  }
  if (!payment.voidRequested) {
    await askToAuthorise(deps, payment, true);
    return;
  }
  const ageMs = deps.now().getTime() - payment.createdAt.getTime();
  if (ageMs > inFlightMs) await changePayment(deps, payment, { decide: abandoned });
}

async function sweepRefund(deps: PaymentsDeps, refund: Refund): Promise<void> {
  await postponeRefund(deps.db, refund, nextLook(deps, refund.attempts));
  await askToRefund(deps, refund);
}

async function sweepEvent(deps: PaymentsDeps, waiting: WaitingEvent): Promise<void> {
  await postponeEvent(deps.db, waiting, nextLook(deps, waiting.attempts));
  if (await retryEvent(deps, waiting)) return;
  const { event, createdAt } = waiting;
  if (deps.now().getTime() - createdAt.getTime() < waitingMs) return;
  if (await endWaiting(deps.db, event.id, 'abandoned')) {
    deps.log.error('provider-event.abandoned', { eventId: event.id, orderId: event.orderId });
  }
}

function nextLook(deps: PaymentsDeps, attempts: number): Date {
  const pauseMs = Math.min(firstPauseMs * 2 ** Math.min(attempts, 10), longestPauseMs);
  return new Date(deps.now().getTime() + pauseMs);
}

async function eachOf<T extends object>(
  deps: PaymentsDeps,
  items: T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  for (let start = 0; start < items.length; start += atOnce) {
    const results = await Promise.allSettled(items.slice(start, start + atOnce).map(work));
    for (const result of results) {
      if (result.status === 'rejected') deps.log.error('sweep.failed', { reason: String(result.reason) });
    }
  }
}
