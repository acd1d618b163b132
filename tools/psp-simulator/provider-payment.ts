// Promises the provider's rules as pure functions: what each test card does, and which change of a payment is lawful.
import { refuse } from './problem.ts';

export type Status = 'processing' | 'requires_action' | 'authorised' | 'declined' | 'captured' | 'voided';
export type MovementType = 'authorise' | 'capture' | 'void' | 'refund';
export type EventType = `payment.${'authorised' | 'declined' | 'captured' | 'voided' | 'refunded'}`;

/** The provider's own record of one payment; amounts are integer minor units, times epoch milliseconds. */
export interface ProviderPayment {
  id: string;
  orderId: string;
  amount: number;
  currency: string;
  token: string;
  status: Status;
  declineCode: string | null;
  returnUrl: string | null;
  capturedAmount: number;
  refundedAmount: number;
  settleAtMs: number | null;
  createdAtMs: number;
}

/** A lawful change: the payment after it, and what the ledger and the webhook say about it. */
export interface Change {
  payment: ProviderPayment;
  movement: { type: MovementType; amount: number } | null;
  event: EventType | null;
}

/** What a card does: its first status, when the caller is answered, and how often its webhook is sent. */
export interface CardPlan {
  status: Status;
  declineCode: string | null;
  answer: 'at-once' | 'after-timeout' | 'gateway-timeout';
  webhookCopies: number;
}

const ordinary: CardPlan = { status: 'authorised', declineCode: null, answer: 'at-once', webhookCopies: 1 };
const cards: Record<string, CardPlan> = {
  tok_ok: ordinary,
  tok_declined: { ...ordinary, status: 'declined', declineCode: 'insufficient_funds' },
  tok_3ds: { ...ordinary, status: 'requires_action' },
  tok_timeout: { ...ordinary, answer: 'after-timeout' },
  tok_late: { ...ordinary, status: 'processing', answer: 'gateway-timeout' },
  tok_duplicate_webhook: { ...ordinary, webhookCopies: 3 },
};

/** The plan of a test card; an unknown token is a card that is declined. `unlucky` declines an ordinary card. */
export function planOf(token: string, unlucky: boolean): CardPlan {
  const plan = Object.hasOwn(cards, token) ? cards[token]! : undefined;
  if (!plan) return { ...ordinary, status: 'declined', declineCode: 'unknown_token' };
  return unlucky && token === 'tok_ok'
    ? { ...ordinary, status: 'declined', declineCode: 'do_not_honour' }
    : plan;
}

/** The first ledger line and webhook of a fresh payment, by the status that its card gave it. */
export function opened(payment: ProviderPayment): Change {
  if (payment.status === 'authorised') return authorised(payment);
  return { payment, movement: null, event: payment.status === 'declined' ? 'payment.declined' : null };
}

/** A late card comes through: the promised success, made once. */
export function settled(payment: ProviderPayment): Change {
  return authorised({ ...payment, status: 'authorised', settleAtMs: null });
}

/** The shopper answers the 3-D Secure question; the same answer twice changes nothing, another one is refused. */
export function challenged(payment: ProviderPayment, outcome: 'approve' | 'refuse'): Change {
  const wanted: Status = outcome === 'approve' ? 'authorised' : 'declined';
  if (payment.status === wanted) return { payment, movement: null, event: null };
  if (payment.status !== 'requires_action')
    refuse('challenge-closed', 409, `The payment is ${payment.status}.`);
  if (wanted === 'authorised') return authorised({ ...payment, status: wanted });
  const declined = { ...payment, status: wanted, declineCode: 'authentication_failed' };
  return { payment: declined, movement: null, event: 'payment.declined' };
}

/** Takes the money; one capture a payment, at most the authorised amount (what is left over is given up). */
export function captured(payment: ProviderPayment, amount: number): Change {
  if (payment.status === 'captured') refuse('already-captured', 409, 'The payment has been captured.');
  if (payment.status !== 'authorised') refuse('not-authorised', 409, `The payment is ${payment.status}.`);
  if (amount > payment.amount) refuse('amount-too-large', 409, `At most ${payment.amount} can be captured.`);
  return {
    payment: { ...payment, status: 'captured', capturedAmount: amount },
    movement: { type: 'capture', amount },
    event: 'payment.captured',
  };
}

/** Gives the authorisation back; refused once money was taken, and while the outcome is not known. */
export function voided(payment: ProviderPayment): Change {
  const after: ProviderPayment = { ...payment, status: 'voided' };
  if (payment.status === 'requires_action')
    return { payment: after, movement: null, event: 'payment.voided' };
  if (payment.status === 'authorised') {
    return { payment: after, movement: { type: 'void', amount: payment.amount }, event: 'payment.voided' };
  }
  const codes = {
    processing: 'still-processing',
    declined: 'already-declined',
    captured: 'already-captured',
    voided: 'already-voided',
  };
  refuse(codes[payment.status], 409, `The payment is ${payment.status}.`);
}

/** Gives captured money back, in parts if wanted, never more than was captured. */
export function refunded(payment: ProviderPayment, amount: number): Change {
  if (payment.status !== 'captured') refuse('not-captured', 409, `The payment is ${payment.status}.`);
  const left = payment.capturedAmount - payment.refundedAmount;
  if (amount > left) refuse('amount-too-large', 409, `At most ${left} can be refunded.`);
  return {
    payment: { ...payment, refundedAmount: payment.refundedAmount + amount },
    movement: { type: 'refund', amount },
    event: 'payment.refunded',
  };
}

function authorised(payment: ProviderPayment): Change {
  return { payment, movement: { type: 'authorise', amount: payment.amount }, event: 'payment.authorised' };
}
