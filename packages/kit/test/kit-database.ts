/** A schema of its own for one test file of kit, with the tables that kit brings along, on the platform's MariaDB. */
import { adminAccount, openAdmin } from '../../../tools/platform/mariadb-admin.ts';
import { createIdempotencyTable, createMessageTables } from '../src/common-tables.ts';
import { type Database, openDatabase } from '../src/db.ts';

export interface KitDatabase {
  name: string;
  db: Database;
  /** A further pool on the same schema. */
  open(poolSize?: number): Database;
  /** Drops the schema and closes every pool. */
  close(): Promise<void>;
}

/** Makes the schema: outbox, inbox, dead_events, idempotency_keys, and a table `counters (name, n)` to play with. */
export async function openKitDatabase(): Promise<KitDatabase> {
  const name = `test_kit_${process.pid}_${Math.random().toString(36).slice(2, 8)}`;
  const admin = await openAdmin();
  await admin.query(`CREATE DATABASE ${name}`);
  const pools: Database[] = [];
  const open = (poolSize = 10) => {
    const pool = openDatabase({ ...adminAccount(), database: name, poolSize });
    pools.push(pool);
    return pool;
  };
  const db = open();
  await createMessageTables(db);
  await createIdempotencyTable(db);
  await db.raw('CREATE TABLE counters (name VARCHAR(64) NOT NULL PRIMARY KEY, n INT NOT NULL)');
  return {
    name,
    db,
    open,
    async close() {
      await Promise.all(pools.map((pool) => pool.destroy()));
      await admin.query(`DROP DATABASE ${name}`);
      await admin.end();
    },
  };
}
