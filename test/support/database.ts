/** A migrated schema of its own for one test file, on the platform's real MariaDB. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceName } from '@souk/contracts/ports';
import { type Database, openDatabase } from '@souk/kit/db';
import { adminAccount, openAdmin } from '../../tools/platform/mariadb-admin.ts';

const migrationsFolder = join(import.meta.dirname, '../../migrations');

export interface TestDatabase {
  db: Database;
  /** Drops the schema and closes the pool. */
  close(): Promise<void>;
}

/** Creates `test_<service>_<random>`, runs the service's migrations up, and opens a pool on it. */
export async function openTestDatabase(service: ServiceName): Promise<TestDatabase> {
  const database = `test_${service}_${process.pid}_${Math.random().toString(36).slice(2, 8)}`;
  const admin = await openAdmin();
  await admin.query(`CREATE DATABASE ${database}`);
  const db = openDatabase({ ...adminAccount(), database, poolSize: 10 });
  const folder = join(migrationsFolder, service);
  for (const file of readdirSync(folder).sort()) {
    const migration = await import(join(folder, file));
    await migration.up(db);
  }
  return {
    db,
    async close() {
      await db.destroy();
      await admin.query(`DROP DATABASE ${database}`);
      await admin.end();
    },
  };
}

/** Rows that this connection has read so far, whether they were of use or not. */
export async function rowsRead(tx: Database): Promise<number> {
  const [status] = await tx.raw("SHOW SESSION STATUS LIKE 'Handler_read%'");
  return status.reduce((sum: number, { Value }: { Value: string }) => sum + Number(Value), 0);
}
