// Promises each change of the provider once: payment, ledger line, webhook and stored answer in one transaction.
import { randomUUID } from 'node:crypto';
import type { DeliveryStore } from './delivery-store.ts';
import type { Faults } from './faults.ts';
import { refuse } from './problem.ts';
import type { Change, ProviderPayment } from './provider-payment.ts';
import * as rules from './provider-payment.ts';
import type { ProviderStore } from './provider-store.ts';

export interface ProviderDeps {
  store: ProviderStore;
  deliveries: DeliveryStore;
  faults: Faults;
  publicUrl: string;
  clock: () => number;
  wake: () => void;
}
/** The caller's key, and a fingerprint of what it asks: the same key for something else is refused. */
export interface Keyed {
  key: string;
  fingerprint: string;
}
export interface PaymentOrder {
  amount: number;
  currency: string;
  token: string;
  returnUrl?: string;
  metadata: { orderId: string };
}
export interface Answer {
  body: string;
  replayed: boolean;
  answer: rules.CardPlan['answer'];
}
export type Provider = ReturnType<typeof createProvider>;

/** Delays of the copies of one webhook: the last one arrives when later events have long been told. */
const copyDelaysMs = [0, 50, 2_000];

/** The use cases of the provider; all synchronous, so two requests never interleave. */
export function createProvider(deps: ProviderDeps) {
  return {
    take: (order: PaymentOrder, keyed: Keyed): Answer => take(deps, order, keyed),
    change: (keyed: Keyed & { id: string }, rule: (payment: ProviderPayment) => Change): Answer =>
      answered(deps, keyed, () => ({
        body: view(deps, applied(deps, rule(found(deps, keyed.id)))),
        answer: 'at-once',
      })),
    refund: (keyed: Keyed & { id: string }, amount: number): Answer => refund(deps, keyed, amount),
    challenge: (id: string, outcome: 'approve' | 'refuse'): ProviderPayment => {
      const payment = deps.store.inTransaction(() =>
        applied(deps, rules.challenged(found(deps, id), outcome)),
      );
      deps.wake();
      return payment;
    },
    settleDue: (): number => settleDue(deps),
    read: (id: string) => view(deps, found(deps, id)),
    find: (id: string) => found(deps, id),
    readOf: (orderId: string) => ({
      items: deps.store.paymentsOf(orderId).map((payment) => view(deps, payment)),
    }),
  };
}

function take(deps: ProviderDeps, order: PaymentOrder, keyed: Keyed): Answer {
  return answered(deps, keyed, () => {
    const plan = rules.planOf(order.token, Math.random() < deps.faults.declineRate);
    const nowMs = deps.clock();
    const payment: ProviderPayment = {
      id: newId('psp'),
      orderId: order.metadata.orderId,
      amount: order.amount,
      currency: order.currency,
      token: order.token,
      status: plan.status,
      declineCode: plan.declineCode,
      returnUrl: order.returnUrl ?? null,
      capturedAmount: 0,
      refundedAmount: 0,
      settleAtMs: plan.status === 'processing' ? nowMs + deps.faults.lateMs : null,
      createdAtMs: nowMs,
    };
    return { body: view(deps, applied(deps, rules.opened(payment))), answer: plan.answer };
  });
}

function refund(deps: ProviderDeps, keyed: Keyed & { id: string }, amount: number): Answer {
  return answered(deps, keyed, () => {
    const payment = applied(deps, rules.refunded(found(deps, keyed.id), amount));
    const body = {
      id: newId('re'),
      paymentId: payment.id,
      orderId: payment.orderId,
      amount,
      currency: payment.currency,
    };
    return { body: { ...body, status: 'succeeded' }, answer: 'at-once' as const };
  });
}

// A refusal rolls back and is not stored: the same key may succeed later, as a capture after a late authorisation does.
function answered(
  deps: ProviderDeps,
  keyed: Keyed,
  work: () => { body: object; answer: Answer['answer'] },
): Answer {
  const result = deps.store.inTransaction((): Answer => {
    const stored = deps.store.findAnswer(keyed.key);
    if (stored && stored.fingerprint !== keyed.fingerprint) {
      refuse('idempotency-mismatch', 409, 'This Idempotency-Key was used for another request.');
    }
    if (stored) return { body: stored.body, replayed: true, answer: 'at-once' };
    const done = work();
    const body = JSON.stringify(done.body);
    deps.store.saveAnswer({ ...keyedOnly(keyed), body, createdAtMs: deps.clock() });
    return { body, replayed: false, answer: done.answer };
  });
  deps.wake();
  return result;
}

function keyedOnly({ key, fingerprint }: Keyed): Keyed {
  return { key, fingerprint };
}

function settleDue(deps: ProviderDeps): number {
  const due = deps.store.paymentsToSettle(deps.clock());
  if (due.length === 0) return 0;
  return deps.store.inTransaction(() => due.map((payment) => applied(deps, rules.settled(payment))).length);
}

function found(deps: ProviderDeps, id: string): ProviderPayment {
  return deps.store.findPayment(id) ?? refuse('not-found', 404, 'There is no such payment.');
}

function applied(deps: ProviderDeps, change: Change): ProviderPayment {
  const { payment, movement, event } = change;
  const atMs = deps.clock();
  deps.store.savePayment(payment);
  if (movement) {
    const { id: paymentId, orderId, currency } = payment;
    deps.store.addMovement({ ...movement, paymentId, orderId, currency, atMs });
  }
  if (event) announce(deps, payment, event);
  return payment;
}

function announce(deps: ProviderDeps, payment: ProviderPayment, type: rules.EventType): void {
  const plan = rules.planOf(payment.token, false);
  const nowMs = deps.clock();
  const { id, orderId, amount, currency, status, declineCode, capturedAmount, refundedAmount } = payment;
  const data = {
    payment: { id, orderId, amount, currency, status, declineCode, capturedAmount, refundedAmount },
  };
  const event = { id: newId('evt'), type, createdAt: new Date(nowMs).toISOString(), data };
  // A card that keeps its caller waiting does not tell by webhook either, before it answers: the sweeper has to ask.
  const answerMs =
    type === 'payment.authorised' && plan.answer === 'after-timeout' ? deps.faults.timeoutMs : 0;
  const copies = type === 'payment.authorised' ? plan.webhookCopies : 1;
  for (const copyDelayMs of copyDelaysMs.slice(0, copies)) {
    const dueAtMs = nowMs + Math.max(answerMs, deps.faults.webhookDelayMs) + copyDelayMs;
    deps.deliveries.enqueue({ eventId: event.id, body: JSON.stringify(event), dueAtMs });
  }
}

function view(deps: ProviderDeps, payment: ProviderPayment): object {
  const {
    token: _token,
    returnUrl: _returnUrl,
    settleAtMs: _settleAtMs,
    createdAtMs,
    declineCode,
    ...rest
  } = payment;
  return {
    ...rest,
    createdAt: new Date(createdAtMs).toISOString(),
    ...(declineCode === null ? {} : { declineCode }),
    ...(payment.status === 'requires_action'
      ? { action: { url: `${deps.publicUrl}/3ds/${payment.id}` } }
      : {}),
  };
}

function newId(prefix: string): string {
  return `${prefix}_${randomUUID().replaceAll('-', '')}`;
}
