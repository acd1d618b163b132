// Promises double-entry bookkeeping: the lines of each transaction sum to zero, in one currency.
import type { Currency } from '@souk/contracts/money';

/**
 * `holds` is what buyers' banks keep for us, `open-orders` what we owe for it; `receivable` is what the provider owes
 * us, `sales` what buyers have paid.
 */
export type Account = 'holds' | 'open-orders' | 'receivable' | 'sales';
export type EntryKind = 'authorise' | 'capture' | 'void' | 'refund';

/** One line; `amount` in minor units, positive is a debit. */
export interface LedgerEntry {
  account: Account;
  kind: EntryKind;
  amount: number;
  currency: Currency;
}
type Sum = { amount: number; currency: Currency };

/** The buyer's bank keeps the amount for us. */
export function authoriseEntries(sum: Sum): LedgerEntry[] {
  return pair('authorise', sum, ['holds', 'open-orders']);
}

/** The bank lets the amount go. */
export function voidEntries(sum: Sum): LedgerEntry[] {
  return pair('void', sum, ['open-orders', 'holds']);
}

/** The whole hold ends, and the captured part of it becomes money that the provider owes us. */
export function captureEntries(sum: Sum & { held: number }): LedgerEntry[] {
  const hold = pair('capture', { ...sum, amount: sum.held }, ['open-orders', 'holds']);
  return [...hold, ...pair('capture', sum, ['receivable', 'sales'])];
}

/** Money goes back to the buyer. */
export function refundEntries(sum: Sum): LedgerEntry[] {
  return pair('refund', sum, ['sales', 'receivable']);
}

function pair(
  kind: EntryKind,
  { amount, currency }: Sum,
  [debit, credit]: [Account, Account],
): LedgerEntry[] {
  return [
    { account: debit, kind, amount, currency },
    { account: credit, kind, amount: -amount, currency },
  ];
}
