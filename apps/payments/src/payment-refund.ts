// Promises the arithmetic of refunds as pure functions: together they never exceed what was captured.
import type { Currency } from '@souk/contracts/money';
import { refuse } from '@souk/kit/problem';
import { refundEntries } from './ledger.ts';
import { type Change, changed, currencyOf, type Payment } from './payment.ts';

/** Sets an amount aside for a refund, so that all refunds together never exceed the capture. */
export function refundRequested(payment: Payment, sum: { amount: number; currency: Currency }): Change {
  if (payment.currency !== sum.currency || payment.refundRequested + sum.amount > payment.captured) {
    refuse('refund-too-high', undefined, { refundable: payment.captured - payment.refundRequested });
  }
  return changed({ ...payment, refundRequested: payment.refundRequested + sum.amount });
}

/** The money went back. */
export function refunded(payment: Payment, amount: number): Change {
  return changed(
    { ...payment, refunded: payment.refunded + amount },
    { entries: refundEntries({ amount, currency: currencyOf(payment) }), event: 'payment.refunded' },
  );
}

/** The provider refused the refund: what was set aside is free again. */
export function refundFailed(payment: Payment, amount: number): Change {
  return changed({ ...payment, refundRequested: payment.refundRequested - amount });
}
