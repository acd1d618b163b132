// Promises that the provider's payments, ledger and stored answers are on the disk when a transaction returns.
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { MovementType, ProviderPayment } from './provider-payment.ts';

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA busy_timeout = 5000;
  CREATE TABLE IF NOT EXISTS payments (
    id TEXT PRIMARY KEY, orderId TEXT NOT NULL, amount INTEGER NOT NULL CHECK (amount > 0), currency TEXT NOT NULL,
    token TEXT NOT NULL, status TEXT NOT NULL, declineCode TEXT, returnUrl TEXT,
    capturedAmount INTEGER NOT NULL CHECK (capturedAmount <= amount),
    refundedAmount INTEGER NOT NULL CHECK (refundedAmount <= capturedAmount),
    settleAtMs INTEGER, createdAtMs INTEGER NOT NULL);
  CREATE INDEX IF NOT EXISTS payments_order ON payments (orderId);
  CREATE INDEX IF NOT EXISTS payments_settle ON payments (settleAtMs) WHERE settleAtMs IS NOT NULL;
  CREATE TABLE IF NOT EXISTS ledger (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL, paymentId TEXT NOT NULL REFERENCES payments (id),
    orderId TEXT NOT NULL, amount INTEGER NOT NULL CHECK (amount > 0), currency TEXT NOT NULL, atMs INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, body TEXT NOT NULL, createdAtMs INTEGER NOT NULL);
  CREATE INDEX IF NOT EXISTS answers_age ON answers (createdAtMs);
  CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT, eventId TEXT NOT NULL, body TEXT NOT NULL, state TEXT NOT NULL,
    attempts INTEGER NOT NULL, dueAtMs INTEGER NOT NULL);
  CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (state, dueAtMs);`;

const columns =
  'id, orderId, amount, currency, token, status, declineCode, returnUrl, capturedAmount, refundedAmount, settleAtMs, createdAtMs';

/** One line of the ledger, as the checkers read it; `amount` in minor units, `atMs` epoch milliseconds. */
export interface LedgerLine {
  seq: number;
  type: MovementType;
  paymentId: string;
  orderId: string;
  amount: number;
  currency: string;
  atMs: number;
}
export interface StoredAnswer {
  key: string;
  fingerprint: string;
  body: string;
  createdAtMs: number;
}
export type ProviderStore = ReturnType<typeof openProviderStore>;

/** Opens (and makes) the file; every function is synchronous, so one request is one transaction without rivals. */
export function openProviderStore(path: string) {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
  const db = new DatabaseSync(path);
  db.exec(schema);
  return {
    db,
    inTransaction: transactionOn(db),
    ...paymentsOn(db),
    ...ledgerOn(db),
    ...answersOn(db),
    close: () => db.close(),
  };
}

function transactionOn(db: DatabaseSync) {
  return <T>(work: () => T): T => {
    db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      db.exec('COMMIT');
      return result;
    } catch (error) {
      db.exec('ROLLBACK');
      throw error;
    }
  };
}

function paymentsOn(db: DatabaseSync) {
  const save = db.prepare(`INSERT INTO payments (${columns}) VALUES
    ($id, $orderId, $amount, $currency, $token, $status, $declineCode, $returnUrl, $capturedAmount, $refundedAmount,
     $settleAtMs, $createdAtMs)
    ON CONFLICT (id) DO UPDATE SET status = excluded.status, declineCode = excluded.declineCode,
      capturedAmount = excluded.capturedAmount, refundedAmount = excluded.refundedAmount, settleAtMs = excluded.settleAtMs`);
  const byId = db.prepare(`SELECT ${columns} FROM payments WHERE id = ?`);
  const byOrder = db.prepare(`SELECT ${columns} FROM payments WHERE orderId = ? ORDER BY rowid LIMIT 100`);
  const due = db.prepare(
    `SELECT ${columns} FROM payments WHERE settleAtMs <= ? ORDER BY settleAtMs LIMIT 100`,
  );
  return {
    savePayment: (payment: ProviderPayment): void => void save.run({ ...payment }),
    findPayment: (id: string) => byId.get(id) as unknown as ProviderPayment | undefined,
    paymentsOf: (orderId: string) => byOrder.all(orderId) as unknown as ProviderPayment[],
    paymentsToSettle: (nowMs: number) => due.all(nowMs) as unknown as ProviderPayment[],
  };
}

function ledgerOn(db: DatabaseSync) {
  const add = db.prepare(`INSERT INTO ledger (type, paymentId, orderId, amount, currency, atMs)
    VALUES ($type, $paymentId, $orderId, $amount, $currency, $atMs)`);
  const after = db.prepare(`SELECT seq, type, paymentId, orderId, amount, currency, atMs FROM ledger
    WHERE seq > ? ORDER BY seq LIMIT ?`);
  return {
    addMovement: (line: Omit<LedgerLine, 'seq'>): void => void add.run({ ...line }),
    ledgerAfter: (seq: number, limit: number) => after.all(seq, limit) as unknown as LedgerLine[],
  };
}

function answersOn(db: DatabaseSync) {
  const add = db.prepare(`INSERT INTO answers (key, fingerprint, body, createdAtMs)
    VALUES ($key, $fingerprint, $body, $createdAtMs)`);
  const byKey = db.prepare('SELECT key, fingerprint, body, createdAtMs FROM answers WHERE key = ?');
  const forget = db.prepare('DELETE FROM answers WHERE createdAtMs < ?');
  return {
    saveAnswer: (answer: StoredAnswer): void => void add.run({ ...answer }),
    findAnswer: (key: string) => byKey.get(key) as unknown as StoredAnswer | undefined,
    forgetAnswersBefore: (atMs: number): void => void forget.run(atMs),
  };
}
