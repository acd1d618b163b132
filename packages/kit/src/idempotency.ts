/**
 * Idempotency keys, after draft-ietf-httpapi-idempotency-key-header: the claim is a row in the same transaction as the
 * effect, so a crash frees it; the stored answer is what every repetition gets.
 */
import { createHash } from 'node:crypto';
import type { Database, Executor, Transaction } from './db.ts';
import { isDuplicate } from './db.ts';
import { refuse } from './problem.ts';

/** Who may use a key is its scope: two customers with the same key never meet. */
export interface KeyedRequest {
  scope: string;
  key: string;
  /** See {@link fingerprintOf}. */
  fingerprint: string;
}

export interface StoredAnswer {
  status: number;
  body: unknown;
}

export type Claim =
  | { kind: 'new' }
  /** The same request ended with this answer. */
  | { kind: 'answered'; answer: StoredAnswer }
  /** The same request left off (its process died or is too slow): go on with its subject. */
  | { kind: 'takeover'; subjectId: string };

/** How long one process may work on a request before a twin may take over. */
export const leaseMs = 10_000;

/** SHA-256 of what was asked for; the same key with another fingerprint is a mistake of the client. */
export function fingerprintOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

/**
 * Claims a key for `subjectId`; run it in the transaction that makes the subject. Throws the driver's duplicate-key
 * error if the key is taken: roll back, then ask {@link readClaim}.
 */
export async function claimKey(tx: Transaction, request: KeyedRequest, subjectId: string): Promise<void> {
  await tx('idempotency_keys').insert({
    scope: request.scope,
    idempotency_key: request.key,
    fingerprint: request.fingerprint,
    subject_id: subjectId,
    lease_until: tx.raw('UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND', [leaseMs * 1_000]),
  });
}

/** Whether an error of the transaction says that this key is taken. */
export function isKeyTaken(error: unknown): boolean {
  return isDuplicate(error) && /idempotency_keys/.test((error as Error).message);
}

/**
 * What became of a key: refuses with `idempotency-key-reused` (another body) or `idempotency-key-in-use` (the twin is
 * at work); takes the lease over when it ran out.
 */
export async function readClaim(db: Database, request: KeyedRequest): Promise<Claim> {
  const row = await db('idempotency_keys')
    .select('fingerprint', 'subject_id', 'status', 'body')
    .where({ scope: request.scope, idempotency_key: request.key })
    .first();
  if (!row) return { kind: 'new' };
  if (row.fingerprint !== request.fingerprint) refuse('idempotency-key-reused');
  if (row.status !== null)
    return { kind: 'answered', answer: { status: row.status, body: JSON.parse(row.body) } };
  if (!(await takeOver(db, request))) refuse('idempotency-key-in-use', undefined, { retryAfterSeconds: 1 });
  return { kind: 'takeover', subjectId: row.subject_id };
}

async function takeOver(db: Database, { scope, key }: KeyedRequest): Promise<boolean> {
  const taken = await db('idempotency_keys')
    .where({ scope, idempotency_key: key })
    .whereNull('status')
    .andWhere('lease_until', '<', db.raw('UTC_TIMESTAMP(6)'))
    .update({ lease_until: db.raw('UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND', [leaseMs * 1_000]) });
  return taken === 1;
}

/** Stores the answer of the request that made `subjectId`, once; in the transaction of the effect where there is one. */
export async function storeAnswer(
  executor: Executor,
  subjectId: string,
  answer: StoredAnswer,
): Promise<void> {
  await executor('idempotency_keys')
    .where({ subject_id: subjectId })
    .whereNull('status')
    .update({ status: answer.status, body: JSON.stringify(answer.body) });
}

/** Deletes keys older than 24 h, in bounded batches. */
export async function reapKeys(db: Database): Promise<void> {
  await db.raw(
    'DELETE FROM idempotency_keys WHERE created_at < UTC_TIMESTAMP(6) - INTERVAL 24 HOUR LIMIT 5000',
  );
}
