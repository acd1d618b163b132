// Promises that each event of the provider counts once, in whatever order it comes, and that none is lost.

import type { Executor, Transaction } from '@souk/kit/db';
import { setOrderId, withTraceparent } from '@souk/kit/trace';
import { noteSurprise } from './authorise-payment.ts';
import { changePayment, type PaymentsDeps } from './change-payment.ts';
import { mustVoid, type Payment, settled } from './payment.ts';
import { findPayment } from './payment-store.ts';
import type { ProviderEvent } from './payments-provider.ts';
import { endWaiting, noteEvent, type WaitingEvent } from './provider-event-store.ts';
import { finishVoid } from './void-payment.ts';

const firstWaitMs = 5_000;

/** Applies a genuine event. One about a payment that we do not know is kept, and tried again by the sweeper. */
export async function receiveEvent(deps: PaymentsDeps, event: ProviderEvent): Promise<void> {
  const payment = await findPayment(deps.db, event.orderId);
  if (payment) return applyEvent(deps, { event, payment }, (db) => noteEvent(db, event, null));
  const isNew = await noteEvent(deps.db, event, new Date(deps.now().getTime() + firstWaitMs));
  if (isNew) deps.log.warn('provider-event.waiting', { eventId: event.id, orderId: event.orderId });
}

/** Tries a waiting event again; false if its payment is still not known. */
export async function retryEvent(deps: PaymentsDeps, { event }: WaitingEvent): Promise<boolean> {
  const payment = await findPayment(deps.db, event.orderId);
  if (!payment) return false;
  await applyEvent(deps, { event, payment }, (db) => endWaiting(db, event.id, 'done'));
  return true;
}

type Note = (db: Executor) => Promise<boolean>;

// The state machine makes a repeated event harmless; the note in the same transaction makes it count once.
async function applyEvent(
  deps: PaymentsDeps,
  { event, payment }: { event: ProviderEvent; payment: Payment },
  note: Note,
): Promise<void> {
  const { outcome } = event;
  if (!outcome || settled(payment, outcome, true) === null) {
    await note(deps.db);
    if (outcome) noteSurprise(deps, payment, outcome);
    return;
  }
  await withTraceparent(payment.traceparent, 'payment.late-outcome', async () => {
    setOrderId(payment.orderId);
    const decision = {
      decide: (now: Payment) => settled(now, outcome, true),
      also: (tx: Transaction) => note(tx),
    };
    const after = await changePayment(deps, payment, decision);
    if (mustVoid(after)) await finishVoid(deps, after);
  });
}
