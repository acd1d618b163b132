// Promises all SQL over payments and their ledger; a change is saved only if nobody was faster.
import type { Currency } from '@souk/contracts/money';
import { type Executor, isDuplicate, type Transaction } from '@souk/kit/db';
import type { LedgerEntry } from './ledger.ts';
import type { Payment, PaymentState } from './payment.ts';

const columns = [
  'order_id',
  'state',
  'void_requested',
  'amount',
  'currency',
  'authorised',
  'captured',
  'refund_requested',
  'refunded',
  'provider_ref',
  'token',
  'return_url',
  'action_url',
  'reason',
  'traceparent',
  'attempts',
  'version',
  'created_at',
] as const;

/** What a new row says about itself; `dueAt` is when the sweeper looks after it. */
export interface NewPayment {
  orderId: string;
  state: 'started' | 'voided';
  amount: number;
  currency: Currency | null;
  method: string | null;
  token: string | null;
  returnUrl: string | null;
  traceparent: string | null;
  createdAt: Date;
  dueAt: Date | null;
}

/** Inserts the first row of an order; null if there is one already. */
export async function insertPayment(db: Executor, payment: NewPayment): Promise<Payment | null> {
  const voidRequested = payment.state === 'voided';
  try {
    await db('payments').insert({
      order_id: payment.orderId,
      state: payment.state,
      void_requested: voidRequested,
      amount: payment.amount,
      currency: payment.currency,
      method: payment.method,
      token: payment.token,
      return_url: payment.returnUrl,
      traceparent: payment.traceparent,
      created_at: payment.createdAt,
      due_at: payment.dueAt,
    });
  } catch (error) {
    if (isDuplicate(error)) return null;
    throw error;
  }
  const { method: _method, dueAt: _dueAt, ...known } = payment;
  return {
    ...known,
    voidRequested,
    authorised: 0,
    captured: 0,
    refundRequested: 0,
    refunded: 0,
    providerRef: null,
    actionUrl: null,
    reason: null,
    attempts: 0,
    version: 1,
  };
}

export async function findPayment(db: Executor, orderId: string): Promise<Payment | undefined> {
  const row = await db('payments').select(columns).where({ order_id: orderId }).first();
  return row && fromRow(row);
}

/** Saves `after` over the version before it; false if another process has changed the payment meanwhile. */
export async function savePayment(tx: Transaction, after: Payment, dueAt: Date | null): Promise<boolean> {
  const saved = await tx('payments')
    .where({ order_id: after.orderId, version: after.version - 1 })
    .update({
      state: after.state,
      void_requested: after.voidRequested,
      amount: after.amount,
      currency: after.currency,
      authorised: after.authorised,
      captured: after.captured,
      refund_requested: after.refundRequested,
      refunded: after.refunded,
      provider_ref: after.providerRef,
      token: after.token,
      return_url: after.returnUrl,
      action_url: after.actionUrl,
      reason: after.reason,
      attempts: after.attempts,
      due_at: dueAt,
      version: after.version,
    });
  return saved === 1;
}

/** Payments in one state, the oldest order first; only orders after `afterOrderId`. */
export async function listPayments(
  db: Executor,
  { state, afterOrderId, limit }: { state: PaymentState; afterOrderId: string; limit: number },
): Promise<Payment[]> {
  const rows = await db('payments')
    .select(columns)
    .where({ state })
    .where('order_id', '>', afterOrderId)
    .orderBy('order_id')
    .limit(limit);
  return rows.map(fromRow);
}

/** Payments that the sweeper has to look after, the oldest first. */
export async function duePayments(db: Executor, now: Date, limit: number): Promise<Payment[]> {
  const rows = await db('payments').select(columns).where('due_at', '<=', now).orderBy('due_at').limit(limit);
  return rows.map(fromRow);
}

/** Nothing came of this look: the next one is at `dueAt`. Leaves alone what has changed since. */
export async function postponePayment(db: Executor, payment: Payment, dueAt: Date): Promise<void> {
  await db('payments')
    .where({ order_id: payment.orderId, version: payment.version })
    .whereNotNull('due_at')
    .update({ attempts: payment.attempts + 1, due_at: dueAt });
}

/** A line of the ledger as it stands there; lines of one movement share `txnId`. */
export type BookedEntry = LedgerEntry & { txnId: string; createdAt: Date };

const maxEntries = 500;

/** What was booked for an order, in the order in which it happened. */
export async function findEntries(db: Executor, orderId: string): Promise<BookedEntry[]> {
  const rows = await db('ledger_entries')
    .select('txn_id', 'account', 'kind', 'amount', 'currency', 'created_at')
    .where({ order_id: orderId })
    .orderBy(['created_at', 'txn_id', 'account'])
    .limit(maxEntries);
  return rows.map(({ txn_id, account, kind, amount, currency, created_at }) => ({
    ...{ txnId: txn_id, account, kind, amount, currency },
    createdAt: created_at,
  }));
}

/** Writes the lines of one transaction of the ledger. */
export async function addEntries(
  tx: Transaction,
  { txnId, orderId, entries }: { txnId: string; orderId: string; entries: LedgerEntry[] },
): Promise<void> {
  if (entries.length === 0) return;
  if (entries.reduce((sum, { amount }) => sum + amount, 0) !== 0)
    throw new Error('The ledger does not balance.');
  await tx('ledger_entries').insert(
    entries.map(({ account, kind, amount, currency }) => ({
      txn_id: txnId,
      account,
      order_id: orderId,
      kind,
      amount,
      currency,
    })),
  );
}

// biome-ignore lint/suspicious/noExplicitAny: a row as the driver gives it
function fromRow(row: any): Payment {
  return {
    orderId: row.order_id,
    state: row.state as PaymentState,
    voidRequested: row.void_requested === 1,
    amount: row.amount,
    currency: row.currency,
    authorised: row.authorised,
    captured: row.captured,
    refundRequested: row.refund_requested,
    refunded: row.refunded,
    providerRef: row.provider_ref,
    token: row.token,
    returnUrl: row.return_url,
    actionUrl: row.action_url,
    reason: row.reason,
    traceparent: row.traceparent,
    attempts: row.attempts,
    version: row.version,
    createdAt: row.created_at,
  };
}
