/** SQL of dead events, as staff look at them. */
import type { Database, Transaction } from '@souk/kit/db';

export interface DeadEvent {
  id: string;
  topic: string;
  /** `{id, type, at, subject, version, payload}` as JSON text. */
  event: string;
  reason: string;
  traceId: string | null;
  at: Date;
}

const columns = ['id', 'topic', 'event', 'reason', 'trace_id', 'created_at'] as const;

/** Dead events older than `beforeId`, newest first. */
export async function listDeadEvents(
  db: Database,
  { beforeId, limit }: { beforeId?: string; limit: number },
): Promise<DeadEvent[]> {
  const rows = await db('dead_events')
    .select(...columns)
    .where((row) => (beforeId === undefined ? row : row.where('id', '<', beforeId)))
    .orderBy('id', 'desc')
    .limit(limit);
  return rows.map(toDeadEvent);
}

export async function findDeadEvent(db: Database, id: string): Promise<DeadEvent | undefined> {
  const row = await db('dead_events')
    .select(...columns)
    .where({ id })
    .first();
  return row && toDeadEvent(row);
}

export async function deleteDeadEvent(tx: Transaction, id: string): Promise<void> {
  await tx('dead_events').where({ id }).delete();
}

function toDeadEvent(row: Record<string, unknown>): DeadEvent {
  return {
    id: row.id,
    topic: row.topic,
    event: row.event,
    reason: row.reason,
    traceId: row.trace_id,
    at: row.created_at,
  } as DeadEvent;
}
