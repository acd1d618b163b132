// Promises that a payment changes in one transaction with its ledger lines and its event, or not at all.
import { crashPoint } from '@souk/kit/crash-point';
import { inTransaction, type Transaction } from '@souk/kit/db';
import { enqueue } from '@souk/kit/outbox';
import { refuse } from '@souk/kit/problem';
import type { Deps } from '@souk/kit/service';
import type { Change, Payment } from './payment.ts';
import { addEntries, findPayment, savePayment } from './payment-store.ts';
import type { PaymentsProvider } from './payments-provider.ts';

/** What payments' use cases need from outside. */
export type PaymentsDeps = Pick<Deps, 'db' | 'log' | 'now' | 'newId' | 'wakeRelay'> & {
  provider: PaymentsProvider;
};

/** What to do, decided on the payment as it is; null leaves it alone. May be asked again if somebody was faster. */
export interface Decision {
  decide: (payment: Payment) => Change | null;
  /** Writes that belong to the change; false takes all of it back, for the same had been done before. */
  also?: (tx: Transaction) => Promise<boolean>;
  refundId?: string;
}

const maxAttempts = 10;

/** Rolls a transaction back that came too late. */
class TooLate extends Error {
  readonly why: 'stale' | 'done-before';
  constructor(why: 'stale' | 'done-before') {
    super(why);
    this.why = why;
  }
}

/**
 * Applies a decision to a payment whose row was just read, or whose order id is given. Answers the payment as it is
 * afterwards, also when nothing was to do; refuses with `not-found` if there is none.
 */
export async function changePayment(
  deps: PaymentsDeps,
  payment: Payment | string,
  decision: Decision,
): Promise<Payment> {
  let current = typeof payment === 'string' ? await readPayment(deps, payment) : payment;
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    const change = decision.decide(current);
    if (change === null) return current;
    const saved = await saveChange(deps, change, decision);
    if (saved === 'done-before') return readPayment(deps, current.orderId);
    if (saved === 'saved') {
      announce(deps, current, change);
      return change.after;
    }
    current = await readPayment(deps, current.orderId);
  }
  return refuse('unavailable', 'The payment is changing too fast.');
}

/** The payment of an order; refuses with `not-found`. */
export async function readPayment(deps: Pick<PaymentsDeps, 'db'>, orderId: string): Promise<Payment> {
  return (await findPayment(deps.db, orderId)) ?? refuse('not-found');
}

async function saveChange(
  deps: PaymentsDeps,
  change: Change,
  { also, refundId }: Decision,
): Promise<'saved' | 'stale' | 'done-before'> {
  const { after, dueInMs, entries } = change;
  const dueAt = dueInMs === null ? null : new Date(deps.now().getTime() + dueInMs);
  const work = async (tx: Transaction) => {
    // The claim first: whoever did the same before has moved amounts that would be moved twice.
    if (also && !(await also(tx))) throw new TooLate('done-before');
    if (!(await savePayment(tx, after, dueAt))) throw new TooLate('stale');
    await addEntries(tx, { txnId: deps.newId(), orderId: after.orderId, entries });
    if (change.event) await enqueue(tx, [eventOf(change, refundId)]);
    crashPoint('payments.change.before-commit');
  };
  try {
    await inTransaction(deps.db, work);
  } catch (error) {
    if (error instanceof TooLate) return error.why;
    throw error;
  }
  crashPoint('payments.change.after-commit');
  return 'saved';
}

function eventOf({ after, entries, event }: Change, refundId?: string) {
  const moved = entries.find(({ amount }) => amount > 0)?.amount ?? after.amount;
  const payload = {
    orderId: after.orderId,
    amount: { amount: event === 'payment.captured' ? after.captured : moved, currency: after.currency },
    ...(after.reason ? { reason: after.reason } : {}),
    ...(refundId ? { refundId } : {}),
  };
  return { type: event!, subject: after.orderId, version: after.version, payload };
}

function announce(deps: PaymentsDeps, before: Payment, { after, event }: Change): void {
  if (event) deps.wakeRelay();
  if (before.state === after.state) return;
  deps.log.info('payment.changed', { orderId: after.orderId, from: before.state, to: after.state });
}
