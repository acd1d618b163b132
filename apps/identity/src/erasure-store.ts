/** SQL of erasures: who asked to be forgotten, and what each service answered last. */
import type { Executor, Transaction } from '@souk/kit/db';

export interface Erasure {
  customerId: string;
  /** How often the services have been asked. */
  round: number;
  /** The round after which nobody kept anything and the account was forgotten. */
  forgottenRound: number | null;
  completedAt: Date | null;
}

export interface ErasureAnswer {
  customerId: string;
  service: string;
  round: number;
  /** What the service must keep for now. */
  openCount: number;
}

/** True for the first who asks. */
export async function insertErasure(tx: Transaction, customerId: string): Promise<boolean> {
  const [result] = await tx.raw('INSERT IGNORE INTO erasures (customer_id, round) VALUES (?, 1)', [
    customerId,
  ]);
  return result.affectedRows === 1;
}

const columns = ['customer_id', 'round', 'forgotten_round', 'completed_at'] as const;

export async function findErasure(executor: Executor, customerId: string): Promise<Erasure | undefined> {
  const row = await executor('erasures')
    .select(...columns)
    .where({ customer_id: customerId })
    .first();
  return row && toErasure(row);
}

/** Reads it under a lock: of two last answers at once, the second sees the first. */
export async function lockErasure(tx: Transaction, customerId: string): Promise<Erasure | undefined> {
  const row = await tx('erasures')
    .select(...columns)
    .where({ customer_id: customerId })
    .forUpdate()
    .first();
  return row && toErasure(row);
}

export async function setRound(tx: Transaction, customerId: string, round: number): Promise<void> {
  await tx('erasures').where({ customer_id: customerId }).update({ round });
}

export async function setForgottenRound(tx: Transaction, customerId: string, round: number): Promise<void> {
  await tx('erasures').where({ customer_id: customerId }).update({ forgotten_round: round });
}

export async function completeErasure(tx: Transaction, customerId: string, at: Date): Promise<void> {
  await tx('erasures').where({ customer_id: customerId }).update({ completed_at: at });
}

/** Keeps a service's latest answer; one of an earlier round changes nothing. */
export async function saveAnswer(tx: Transaction, answer: ErasureAnswer): Promise<void> {
  const { customerId, service, round, openCount } = answer;
  await tx.raw(
    `INSERT INTO erasure_answers (customer_id, service, round, open_count) VALUES (?, ?, ?, ?)
     ON DUPLICATE KEY UPDATE open_count = IF(round > ?, open_count, ?), round = GREATEST(round, ?)`,
    [customerId, service, round, openCount, round, openCount, round],
  );
}

export async function listAnswers(executor: Executor, customerId: string): Promise<ErasureAnswer[]> {
  const rows = await executor('erasure_answers')
    .select('customer_id', 'service', 'round', 'open_count')
    .where({ customer_id: customerId })
    .limit(100);
  return rows.map((row) => ({
    customerId: row.customer_id,
    service: row.service,
    round: row.round,
    openCount: row.open_count,
  }));
}

/** Erasures under way that no workflow has been started for: the process that began them ended before it could. */
export async function listUnwatched(executor: Executor): Promise<string[]> {
  const rows = await executor('erasures')
    .select('customer_id')
    .whereNull('watched_at')
    .whereNull('completed_at')
    .orderBy('created_at')
    .limit(100);
  return rows.map((row) => row.customer_id);
}

/** Notes that a workflow looks after it. */
export async function markWatched(executor: Executor, customerId: string, at: Date): Promise<void> {
  await executor('erasures').where({ customer_id: customerId }).update({ watched_at: at });
}

/** Forgets what dead events and stored answers may say about a customer. */
export async function deleteTracesOf(tx: Transaction, customerId: string): Promise<void> {
  await tx('dead_events').where('event', 'like', `%${customerId}%`).delete();
  await tx('idempotency_keys')
    .where({ scope: `customer:${customerId}` })
    .delete();
}

function toErasure(row: Record<string, unknown>): Erasure {
  return {
    customerId: row.customer_id,
    round: row.round,
    forgottenRound: row.forgotten_round,
    completedAt: row.completed_at,
  } as Erasure;
}
