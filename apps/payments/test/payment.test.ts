// The life of a payment as tables: each state against each thing that can happen to it.
import { isRefusal } from '@souk/kit/problem';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LedgerEntry } from '../src/ledger.ts';
import {
  abandoned,
  type Change,
  captureFailed,
  captureRequested,
  mustVoid,
  type Payment,
  type PaymentState,
  settled,
  voidRequested,
} from '../src/payment.ts';
import { refunded, refundRequested } from '../src/payment-refund.ts';
import type { Outcome } from '../src/payments-provider.ts';

const states: PaymentState[] = [
  ...(['started', 'requires-action', 'authorised', 'declined'] as const),
  ...(['voided', 'capturing', 'capture-failed', 'captured'] as const),
];
const holding = new Set<PaymentState>(['authorised', 'capturing', 'capture-failed', 'captured']);

function paymentIn(state: PaymentState, more: Partial<Payment> = {}): Payment {
  return {
    ...{
      orderId: 'o',
      state,
      voidRequested: false,
      amount: 1_000,
      currency: 'EUR',
      refundRequested: 0,
      refunded: 0,
    },
    ...{ authorised: holding.has(state) ? 1_000 : 0, captured: state === 'captured' ? 1_000 : 0 },
    ...{
      providerRef: 'psp_1',
      token: 'tok_ok',
      returnUrl: null,
      actionUrl: null,
      reason: null,
      traceparent: null,
    },
    ...{ attempts: 0, version: 3, createdAt: new Date(0) },
    ...more,
  };
}
function outcome(state: Outcome['state'], amount = 1_000): Outcome {
  return { state, ref: 'psp_1', amount, currency: 'EUR' };
}
function shown(change: () => Change | null): string {
  try {
    const result = change();
    if (!result) return '-';
    const { state, voidRequested: wanted } = result.after;
    return `${state}${wanted ? '!' : ''}${result.event ? ` ${result.event}` : ''}`;
  } catch (error) {
    return isRefusal(error) ? error.code : String(error);
  }
}

describe('what the provider says', () => {
  const columns = ['authorised', 'declined', 'requires-action', 'voided', 'captured', 'processing'] as const;
  // `!` marks a payment that is to be voided.
  const table: Record<PaymentState, string[]> = {
    started: [
      ...[
        'authorised payment.authorised',
        'declined payment.declined',
        'requires-action',
        'voided!',
        '-',
        '-',
      ],
    ],
    'requires-action': [
      'authorised payment.authorised',
      'declined payment.declined',
      '-',
      'voided!',
      '-',
      '-',
    ],
    authorised: ['-', '-', '-', 'voided!', '-', '-'],
    declined: ['-', '-', '-', '-', '-', '-'],
    voided: ['authorised!', '-', '-', '-', '-', '-'],
    capturing: ['-', '-', '-', '-', 'captured payment.captured', '-'],
    'capture-failed': ['-', '-', '-', '-', 'captured payment.captured', '-'],
    captured: ['-', '-', '-', '-', '-', '-'],
  };
  it.each(states)('moves a payment that is %s as the table says', (state) => {
    const seen = columns.map((column) => shown(() => settled(paymentIn(state), outcome(column), true)));
    expect(seen).toEqual(table[state]);
  });
  it('is told by no event to a caller who waits for it', () => {
    expect(shown(() => settled(paymentIn('started'), outcome('authorised'), false))).toBe('authorised');
  });
  it('is told by no event about an order that ended, and is given back', () => {
    const change = settled(paymentIn('started', { voidRequested: true }), outcome('authorised'), true)!;
    expect(shown(() => change)).toBe('authorised!');
    expect(mustVoid(change.after)).toBe(true);
  });
  it('about a payment given back long ago is an old story', () => {
    expect(settled(paymentIn('voided', { authorised: 1_000 }), outcome('authorised'), true)).toBeNull();
  });
  it('about another amount is not believed', () => {
    expect(settled(paymentIn('started'), outcome('authorised', 999), true)).toBeNull();
  });
});

describe('what the shop wants', () => {
  it.each([
    ['started', 'started!', 'order-closed'],
    ['requires-action', 'requires-action!', 'order-closed'],
    ['authorised', 'authorised!', 'capturing'],
    ['declined', '-', 'order-closed'],
    ['voided', '-', 'order-closed'],
    ['capturing', 'already-dispatched', '-'],
    ['capture-failed', 'already-dispatched', '-'],
    ['captured', 'already-dispatched', '-'],
  ] as const)('of a payment that is %s: a void gives %s, a capture %s', (state, onVoid, onCapture) => {
    expect(shown(() => voidRequested(paymentIn(state)))).toBe(onVoid);
    expect(shown(() => captureRequested(paymentIn(state)))).toBe(onCapture);
  });
  it('a void that is open stops a capture', () => {
    expect(shown(() => captureRequested(paymentIn('authorised', { voidRequested: true })))).toBe(
      'order-closed',
    );
  });
  it('a void of what the provider never heard of is done', () => {
    expect(shown(() => abandoned(paymentIn('started', { voidRequested: true })))).toBe('voided!');
    expect(abandoned(paymentIn('started'))).toBeNull();
  });
  it('a failed capture is tried again ever more rarely, at least daily', () => {
    const pauses = [0, 1, 2, 9].map(
      (attempts) => captureFailed(paymentIn('capture-failed', { attempts }), 'expired')!.dueInMs,
    );
    expect(pauses).toEqual([60_000, 240_000, 960_000, 86_400_000]);
    // Tries that were never answered are no failures.
    expect(captureFailed(paymentIn('capturing', { attempts: 6 }), 'timeout')!.dueInMs).toBe(60_000);
  });
});

describe('the ledger', () => {
  const sum = (entries: LedgerEntry[]) => entries.reduce((total, { amount }) => total + amount, 0);
  it('balances in every change', () => {
    for (const state of states) {
      for (const to of ['authorised', 'declined', 'voided', 'captured'] as const) {
        expect(sum(settled(paymentIn(state), outcome(to), true)?.entries ?? [])).toBe(0);
      }
    }
  });
  it('refunds in any parts never exceed the capture', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 700 }), { maxLength: 8 }), (amounts) => {
        let payment = paymentIn('captured');
        for (const amount of amounts) {
          if (shown(() => refundRequested(payment, { amount, currency: 'EUR' })) === 'refund-too-high')
            continue;
          const requested = refundRequested(payment, { amount, currency: 'EUR' });
          const done = refunded(requested.after, amount);
          expect(sum(done.entries)).toBe(0);
          payment = done.after;
        }
        expect(payment.refunded).toBeLessThanOrEqual(payment.captured);
        expect(payment.refunded).toBe(payment.refundRequested);
      }),
    );
  });
});
