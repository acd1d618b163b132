// Promises the life of a payment as pure functions: each returns the lawful change, or null if there is nothing to do.
import type { EventType } from '@souk/contracts/events';
import type { Currency } from '@souk/contracts/money';
import { refuse } from '@souk/kit/problem';
import { authoriseEntries, captureEntries, type LedgerEntry, voidEntries } from './ledger.ts';
import type { Outcome } from './payments-provider.ts';

export type PaymentState =
  | 'started'
  | 'requires-action'
  | 'authorised'
  | 'declined'
  | 'voided'
  | 'capturing'
  | 'capture-failed'
  | 'captured';

/** One payment an order; amounts in minor units. A tombstone is `voided` with amount 0 and no currency. */
export interface Payment {
  orderId: string;
  state: PaymentState;
  voidRequested: boolean;
  amount: number;
  currency: Currency | null;
  authorised: number;
  captured: number;
  refundRequested: number;
  refunded: number;
  providerRef: string | null;
  /** What only the asking needs; null once the provider has answered, so that nothing personal is kept. */
  token: string | null;
  returnUrl: string | null;
  /** Only while the buyer is awaited there. */
  actionUrl: string | null;
  reason: string | null;
  /** The trace of the order's placing: what comes later belongs to it. */
  traceparent: string | null;
  attempts: number;
  version: number;
  createdAt: Date;
}

/** A lawful change: the payment after it, when the sweeper has to look again, the ledger lines and the event. */
export interface Change {
  after: Payment;
  dueInMs: number | null;
  entries: LedgerEntry[];
  event: EventType | null;
}

export const startedDueMs = 5_000;
const actionDueMs = 60_000;
const soonMs = 5_000;
const firstCaptureRetryMs = 60_000;
const longestCaptureRetryMs = 24 * 3_600_000;

/** Applies what the provider says; `late` if nobody waits for it, so that an event has to tell. */
export function settled(payment: Payment, outcome: Outcome, late: boolean): Change | null {
  const to = outcome.state;
  const undecided = payment.state === 'started' || payment.state === 'requires-action';
  if (to === 'authorised' && (undecided || isStray(payment))) return authorised(payment, outcome, late);
  if (to === 'declined' && undecided) return declined(payment, outcome, late);
  if (to === 'requires-action' && payment.state === 'started') {
    return changed(
      { ...payment, state: to, providerRef: outcome.ref, actionUrl: outcome.actionUrl ?? null },
      { dueInMs: payment.voidRequested ? soonMs : actionDueMs },
    );
  }
  if (to === 'voided' && (undecided || payment.state === 'authorised')) return voided(payment, outcome.ref);
  if (to === 'captured' && (payment.state === 'capturing' || payment.state === 'capture-failed')) {
    return captured(payment);
  }
  return null;
}

/** The order has ended: nothing may be held for it. Refused once the goods are on their way. */
export function voidRequested(payment: Payment): Change | null {
  if (['capturing', 'capture-failed', 'captured'].includes(payment.state)) refuse('already-dispatched');
  if (payment.voidRequested || payment.state === 'voided' || payment.state === 'declined') return null;
  return changed({ ...payment, voidRequested: true, attempts: 0 }, { dueInMs: soonMs });
}

/** Whether the provider has to be told now that the money is not wanted. */
export function mustVoid(payment: Payment): boolean {
  return payment.voidRequested && (payment.state === 'authorised' || payment.state === 'requires-action');
}

/** A void was wanted, and the provider has never heard of the payment: there is nothing to give back. */
export function abandoned(payment: Payment): Change | null {
  return payment.state === 'started' && payment.voidRequested ? voided(payment, null) : null;
}

/** The goods leave: the money is to be taken. Refused where there is none to take. */
export function captureRequested(payment: Payment): Change | null {
  if (['capturing', 'capture-failed', 'captured'].includes(payment.state)) return null;
  if (payment.state !== 'authorised' || payment.voidRequested)
    refuse('order-closed', `The payment is ${payment.state}.`);
  return changed({ ...payment, state: 'capturing', attempts: 0 }, { dueInMs: soonMs });
}

/** The provider did not take the money: kept, and tried again after 1 min, 4 min, … at most a day. */
export function captureFailed(payment: Payment, reason: string): Change | null {
  if (payment.state !== 'capturing' && payment.state !== 'capture-failed') return null;
  const attempts = payment.state === 'capturing' ? 0 : payment.attempts;
  const dueInMs = Math.min(firstCaptureRetryMs * 4 ** Math.min(attempts, 10), longestCaptureRetryMs);
  return changed(
    { ...payment, state: 'capture-failed', reason: reason.slice(0, 64), attempts: attempts + 1 },
    { dueInMs },
  );
}

// Voided without ever having been authorised: an authorisation that shows up now came late and has to be given back.
// An old event about money that we did give back finds `authorised` > 0, and is no stray.
function isStray(payment: Payment): boolean {
  return payment.state === 'voided' && payment.authorised === 0;
}

function authorised(payment: Payment, outcome: Outcome, late: boolean): Change | null {
  const { amount, ref } = outcome;
  const currency = outcome.currency as Currency;
  if (!isStray(payment) && (amount !== payment.amount || currency !== payment.currency)) return null;
  const unwanted = isStray(payment) || payment.voidRequested;
  return changed(
    {
      ...payment,
      state: 'authorised',
      voidRequested: unwanted,
      amount,
      currency,
      authorised: amount,
      providerRef: ref,
    },
    {
      dueInMs: unwanted ? soonMs : null,
      entries: authoriseEntries({ amount, currency }),
      event: late && !unwanted ? 'payment.authorised' : null,
    },
  );
}

function declined(payment: Payment, outcome: Outcome, late: boolean): Change {
  return changed(
    {
      ...payment,
      state: 'declined',
      providerRef: outcome.ref || null,
      reason: outcome.reason?.slice(0, 64) ?? null,
    },
    { event: late && !payment.voidRequested ? 'payment.declined' : null },
  );
}

function voided(payment: Payment, ref: string | null): Change {
  const amount = payment.authorised;
  return changed(
    { ...payment, state: 'voided', voidRequested: true, providerRef: payment.providerRef ?? ref },
    { entries: amount > 0 ? voidEntries({ amount, currency: currencyOf(payment) }) : [] },
  );
}

function captured(payment: Payment): Change {
  const amount = payment.authorised;
  return changed(
    { ...payment, state: 'captured', captured: amount, reason: null },
    {
      entries: captureEntries({ amount, held: amount, currency: currencyOf(payment) }),
      event: 'payment.captured',
    },
  );
}

/** The currency of a payment that holds money. */
export function currencyOf({ currency }: Payment): Currency {
  if (currency === null) throw new Error('A payment that holds money has a currency.');
  return currency;
}

function withoutTraces(payment: Payment): Payment {
  if (payment.state === 'started') return payment;
  const actionUrl = payment.state === 'requires-action' ? payment.actionUrl : null;
  return { ...payment, token: null, returnUrl: null, actionUrl };
}

/** A change to `after`, one version on; nothing else happens unless said. */
export function changed(after: Payment, more: Partial<Omit<Change, 'after'>> = {}): Change {
  return {
    after: { ...withoutTraces(after), version: after.version + 1 },
    dueInMs: null,
    entries: [],
    event: null,
    ...more,
  };
}
