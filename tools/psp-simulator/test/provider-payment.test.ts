// The provider's rules as a table: each status against each change.
import { describe, expect, it } from 'vitest';
import {
  captured,
  type ProviderPayment,
  planOf,
  refunded,
  type Status,
  voided,
} from '../provider-payment.ts';

const statuses: Status[] = ['processing', 'requires_action', 'authorised', 'declined', 'captured', 'voided'];

function paymentIn(status: Status): ProviderPayment {
  const capturedAmount = status === 'captured' ? 1_000 : 0;
  return {
    id: 'psp_1',
    orderId: 'o',
    amount: 1_000,
    currency: 'EUR',
    token: 'tok_ok',
    status,
    declineCode: null,
    returnUrl: null,
    capturedAmount,
    refundedAmount: 0,
    settleAtMs: null,
    createdAtMs: 0,
  };
}
function outcome(change: () => { payment: ProviderPayment }): string {
  try {
    return change().payment.status;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe("the provider's rules", () => {
  const table: Record<Status, [capture: string, void_: string, refund: string]> = {
    processing: ['not-authorised', 'still-processing', 'not-captured'],
    requires_action: ['not-authorised', 'voided', 'not-captured'],
    authorised: ['captured', 'voided', 'not-captured'],
    declined: ['not-authorised', 'already-declined', 'not-captured'],
    captured: ['already-captured', 'already-captured', 'captured'],
    voided: ['not-authorised', 'already-voided', 'not-captured'],
  };
  it.each(statuses)('a payment %s allows what the table says', (status) => {
    const payment = paymentIn(status);
    const seen = [() => captured(payment, 400), () => voided(payment), () => refunded(payment, 400)].map(
      outcome,
    );
    expect(seen).toEqual(table[status]);
  });
  it('more than was authorised is never captured', () => {
    expect(outcome(() => captured(paymentIn('authorised'), 1_001))).toBe('amount-too-large');
  });
  it('refunds in parts never exceed the capture', () => {
    const once = refunded(paymentIn('captured'), 600).payment;
    expect(outcome(() => refunded(once, 401))).toBe('amount-too-large');
    expect(refunded(once, 400).payment.refundedAmount).toBe(1_000);
  });
  it('giving an unanswered challenge back moves no money', () => {
    expect(voided(paymentIn('requires_action')).movement).toBeNull();
  });
  it.each(['toString', '__proto__', 'tok_nonsense'])('the unknown token %s is declined', (token) => {
    expect(planOf(token, false)).toMatchObject({ status: 'declined', declineCode: 'unknown_token' });
  });
});
