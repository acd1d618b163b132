/** SQL of the audit log: rows are added at its end, one after the other, and never touched again. */
import type { Executor, Transaction } from '@souk/kit/db';

/** A row as it is hashed; `before` and `after` are JSON text. */
export interface AuditRow {
  seq: number;
  id: string;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  actor: string;
  action: string;
  entity: string;
  entityId: string;
  before: string | null;
  after: string | null;
  traceId: string | null;
  previousHash: string;
  hash: string;
}

const columns = [
  'seq',
  'id',
  'at',
  'actor',
  'action',
  'entity',
  'entity_id',
  'change_before',
  'change_after',
  'trace_id',
  'previous_hash',
  'hash',
] as const;

/** The chain's end, locked until the transaction ends: the next row waits for this one. */
export async function lockEnd(tx: Transaction): Promise<{ seq: number; hash: string } | undefined> {
  return tx('audit_log').select('seq', 'hash').orderBy('seq', 'desc').limit(1).forUpdate().first();
}

export async function insertRow(tx: Transaction, row: AuditRow): Promise<void> {
  await tx('audit_log').insert({
    seq: row.seq,
    id: row.id,
    at: new Date(row.at),
    actor: row.actor,
    action: row.action,
    entity: row.entity,
    entity_id: row.entityId,
    change_before: row.before,
    change_after: row.after,
    trace_id: row.traceId,
    previous_hash: row.previousHash,
    hash: row.hash,
  });
}

/** Rows after `seq`, oldest first. */
export async function readForward(db: Executor, seq: number, limit: number): Promise<AuditRow[]> {
  const rows = await db('audit_log')
    .select(...columns)
    .where('seq', '>', seq)
    .orderBy('seq')
    .limit(limit);
  return rows.map(toRow);
}

export interface AuditFilter {
  entity?: string;
  entityId?: string;
  actor?: string;
  /** Only rows before this one. */
  beforeSeq?: number;
}

/** Rows that fit, newest first. */
export async function readBackward(db: Executor, filter: AuditFilter, limit: number): Promise<AuditRow[]> {
  const { entity, entityId, actor, beforeSeq } = filter;
  const rows = await db('audit_log')
    .select(...columns)
    .where({
      ...(entity && { entity }),
      ...(entityId && { entity_id: entityId }),
      ...(actor && { actor }),
    })
    .where('seq', '<', beforeSeq ?? Number.MAX_SAFE_INTEGER)
    .orderBy('seq', 'desc')
    .limit(limit);
  return rows.map(toRow);
}

function toRow(row: Record<string, unknown>): AuditRow {
  return {
    seq: Number(row.seq),
    id: row.id,
    at: (row.at as Date).toISOString(),
    actor: row.actor,
    action: row.action,
    entity: row.entity,
    entityId: row.entity_id,
    before: row.change_before,
    after: row.change_after,
    traceId: row.trace_id,
    previousHash: row.previous_hash,
    hash: row.hash,
  } as AuditRow;
}
