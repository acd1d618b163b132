/** A schema of its own for one test file of the back office: its tables, kit's, and a table to change things in. */
import { createMessageTables } from '@souk/kit/common-tables';
import { type Database, openDatabase, type Transaction } from '@souk/kit/db';
import { newId } from '@souk/kit/identifier';
import type { Input } from '@souk/kit/routes';
import { adminAccount, openAdmin } from '../../../tools/platform/mariadb-admin.ts';
import { createBackOfficeTables } from '../src/audit-table.ts';
import type { CommandDeps, Done } from '../src/staff-command.ts';

export interface BackOfficeDatabase {
  db: Database;
  deps: CommandDeps;
  /** How often the relay was woken. */
  wakes(): number;
  close(): Promise<void>;
}

/** Makes it, with a table `counters (name, n)`. */
export async function openBackOfficeDatabase(): Promise<BackOfficeDatabase> {
  const database = `test_back_office_${process.pid}_${Math.random().toString(36).slice(2, 8)}`;
  const admin = await openAdmin();
  await admin.query(`CREATE DATABASE ${database}`);
  const db = openDatabase({ ...adminAccount(), database, poolSize: 10 });
  await createMessageTables(db);
  await createBackOfficeTables(db);
  await db.raw('CREATE TABLE counters (name VARCHAR(64) NOT NULL PRIMARY KEY, n INT NOT NULL)');
  let wakes = 0;
  const wakeRelay = () => {
    wakes += 1;
  };
  return {
    db,
    deps: { db, newId, wakeRelay },
    wakes: () => wakes,
    async close() {
      await db.destroy();
      await admin.query(`DROP DATABASE ${database}`);
      await admin.end();
    },
  };
}

/** A request of a member of staff, as a handler gets it. */
export function staffInput(given: Partial<Input> & { actor?: string; key?: string } = {}): Input {
  const { actor = newId(), key, ...rest } = given;
  return {
    url: '/admin/counters/a/increments',
    params: {},
    query: {},
    headers: key === undefined ? {} : { 'idempotency-key': key },
    body: { by: 1 },
    caller: { kind: 'staff', id: actor, sessionId: newId(), roles: ['owner'] },
    address: '127.0.0.1',
    rawBody: Buffer.alloc(0),
    ...rest,
  };
}

/** Adds 1 to a counter and says so to the audit log. */
export async function increment(tx: Transaction, name: string): Promise<Done> {
  await tx.raw('INSERT INTO counters (name, n) VALUES (?, 1) ON DUPLICATE KEY UPDATE n = n + 1', [name]);
  const { n } = await tx('counters').select('n').where({ name }).forUpdate().first();
  const change = {
    action: 'counter.incremented',
    entity: 'counter',
    entityId: name,
    before: n - 1,
    after: n,
  };
  return { change, reply: { status: 201, body: { n } } };
}

/** What a counter shows; 0 before its first increment. */
export async function countOf(db: Database, name: string): Promise<number> {
  const row = await db('counters').select('n').where({ name }).first();
  return row?.n ?? 0;
}
