// Promises that an order's money is held at most once: the intent is a row before the provider is asked.

import type { Currency } from '@souk/contracts/money';
import { crashPoint } from '@souk/kit/crash-point';
import { refuse } from '@souk/kit/problem';
import { currentTraceparent, setOrderId } from '@souk/kit/trace';
import { changePayment, type PaymentsDeps, readPayment } from './change-payment.ts';
import { mustVoid, type Payment, settled, startedDueMs } from './payment.ts';
import { insertPayment } from './payment-store.ts';
import type { Outcome, ProviderReply } from './payments-provider.ts';
import { finishVoid } from './void-payment.ts';

export interface AuthorisePayment {
  orderId: string;
  /** Minor units. */
  amount: number;
  currency: Currency;
  method: string;
  token: string;
  returnUrl?: string;
}

/**
 * Holds the order's amount. May be repeated: the same order asks the provider under the same key, or answers what is
 * known. A payment still `started` afterwards is one whose outcome comes later, by event. Refuses with `order-closed`
 * once a void was wanted.
 */
export async function authorisePayment(deps: PaymentsDeps, command: AuthorisePayment): Promise<Payment> {
  setOrderId(command.orderId);
  const opened = await openPayment(deps, command);
  const payment =
    opened.state === 'started' && !opened.voidRequested ? await askToAuthorise(deps, opened, false) : opened;
  if (payment.voidRequested || payment.state === 'voided') refuse('order-closed');
  return payment;
}

/** Asks the provider for a started payment and records the answer; `late` if no caller waits for it. */
export async function askToAuthorise(deps: PaymentsDeps, payment: Payment, late: boolean): Promise<Payment> {
  const { orderId, amount, currency, token, returnUrl } = payment;
  if (currency === null || token === null) throw new Error('A started payment has a currency and a token.');
  crashPoint('payments.authorise.before-provider');
  const reply = await deps.provider.authorise({ orderId, amount, currency, token, returnUrl });
  crashPoint('payments.authorise.after-provider');
  if (reply.kind === 'refused') deps.log.error('payment.refused-by-provider', { orderId, code: reply.code });
  return recordReply(deps, payment, { reply: refusalAsDecline(payment, reply), late });
}

/** Records what the provider answered and gives back what is no longer wanted; not knowing changes nothing. */
export async function recordReply(
  deps: PaymentsDeps,
  payment: Payment,
  { reply, late }: { reply: ProviderReply; late: boolean },
): Promise<Payment> {
  if (reply.kind !== 'answer') {
    const reason = reply.kind === 'unknown' ? reply.reason : reply.code;
    deps.log.warn('payment.in-doubt', { orderId: payment.orderId, reason });
    return readPayment(deps, payment.orderId);
  }
  const after = await changePayment(deps, payment, { decide: (now) => settled(now, reply.value, late) });
  noteSurprise(deps, after, reply.value);
  return mustVoid(after) ? finishVoid(deps, after) : after;
}

/** Logs what only a person can explain: the provider holds something to be true that our rules do not know. */
export function noteSurprise(deps: PaymentsDeps, after: Payment, { state, amount }: Outcome): void {
  const undecided = after.state === 'started' || after.state === 'requires-action';
  if (state === 'processing' || !undecided || after.state === state) return;
  deps.log.error('payment.unexpected', {
    orderId: after.orderId,
    from: after.state,
    to: state,
    count: amount,
  });
}

async function openPayment(deps: PaymentsDeps, command: AuthorisePayment): Promise<Payment> {
  const createdAt = deps.now();
  const { orderId, amount, currency, method, token, returnUrl = null } = command;
  const traceparent = currentTraceparent() ?? null;
  crashPoint('payments.authorise.before-start');
  const opened = await insertPayment(deps.db, {
    ...{ orderId, amount, currency, method, token, returnUrl, traceparent, createdAt, state: 'started' },
    dueAt: new Date(createdAt.getTime() + startedDueMs),
  });
  crashPoint('payments.authorise.after-start');
  if (opened) return opened;
  const known = await readPayment(deps, orderId);
  const tombstone = known.currency === null;
  // Once the provider has answered, the card is forgotten.
  const sameCard = known.token === null || known.token === token;
  const same = known.amount === amount && known.currency === currency && sameCard;
  if (!tombstone && !same)
    refuse('idempotency-key-reused', 'This order has a payment of another amount or card.');
  return known;
}

// The provider will never do this: for the buyer that is a card that does not work.
function refusalAsDecline(payment: Payment, reply: ProviderReply): ProviderReply {
  if (reply.kind !== 'refused') return reply;
  const { amount, currency } = payment;
  return {
    kind: 'answer',
    value: { state: 'declined', ref: '', amount, currency: currency ?? '', reason: reply.code },
  };
}
