/** The audit log: who changed what, in the same transaction as the change, each row sealing the one before it. */
import { createHash } from 'node:crypto';
import type { Database, Transaction } from '@souk/kit/db';
import { newId } from '@souk/kit/identifier';
import { refuse } from '@souk/kit/problem';
import { currentTraceparent } from '@souk/kit/trace';
import { type AuditRow, insertRow, lockEnd, readForward } from './audit-store.ts';

/**
 * What somebody changed. `before` and `after` are the members that differ, as JSON; they name ids and values, never
 * people: this log cannot forget.
 */
export interface Change {
  /** The id of the member of staff. */
  actor: string;
  /** In the manner of an event: `price.changed`. */
  action: string;
  entity: string;
  entityId: string;
  before: unknown;
  after: unknown;
}

/** What the first row seals. */
const genesis = '0'.repeat(64);
/** What a column of the table holds. */
const maxTextBytes = 65_535;
const batch = 500;

/** Adds a row; call it last in a transaction, because the next writer waits for its end. */
export async function appendAudit(tx: Transaction, change: Change): Promise<void> {
  const end = await lockEnd(tx);
  const row = {
    seq: Number(end?.seq ?? 0) + 1,
    id: newId(),
    at: new Date().toISOString(),
    actor: change.actor,
    action: change.action,
    entity: change.entity,
    entityId: change.entityId,
    before: textOf(change.before),
    after: textOf(change.after),
    traceId: currentTraceparent()?.split('-')[1] ?? null,
    previousHash: end?.hash ?? genesis,
  };
  await insertRow(tx, { ...row, hash: hashOf(row) });
}

/** The first row that does not fit its predecessor or itself; undefined if the whole chain holds. */
export async function firstBrokenRow(db: Database): Promise<{ seq: number } | undefined> {
  let last = { seq: 0, hash: genesis };
  // Begins before the first: a row 0 can only have been slipped in.
  for (let after = -1; ; after = last.seq) {
    const rows = await readForward(db, after, batch);
    for (const row of rows) {
      const fits = row.seq === last.seq + 1 && row.previousHash === last.hash && row.hash === hashOf(row);
      if (!fits) return { seq: row.seq };
      last = row;
    }
    if (rows.length < batch) return undefined;
  }
}

/** SHA-256 over the row's members in a fixed order, with the hash of the row before. */
function hashOf(row: Omit<AuditRow, 'hash'>): string {
  const { seq, id, at, actor, action, entity, entityId, before, after, traceId, previousHash } = row;
  const members = [seq, id, at, actor, action, entity, entityId, before, after, traceId, previousHash];
  return createHash('sha256').update(JSON.stringify(members)).digest('hex');
}

function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  const text = JSON.stringify(value);
  // Of a staff's own request: too much at once is their mistake, not ours.
  if (Buffer.byteLength(text) > maxTextBytes)
    refuse('body-too-large', 'The change is too large to be audited.');
  return text;
}
