/** Brings every service's schema to its newest migration; safe to run at once from several places, or after a kill. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { serviceNames } from '@souk/contracts/ports';
import knex, { type Knex } from 'knex';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { migratorAccount } from '../platform/mariadb-admin.ts';
import { root } from '../platform/paths.ts';

const lockSeconds = 60;

/** Who changes tables, and where. */
/** Where the tables are, and who may change them. */
interface Account {
  host: string;
  port: number;
  user: string;
  password: string;
}

/** Migrates all services side by side; returns what happened in words. */
export async function migrateAll(account?: Account): Promise<string> {
  const applied = await Promise.all(serviceNames.map((service) => migrate(service, account)));
  const all = applied.flat();
  return all.length === 0 ? 'up to date' : `applied ${all.join(', ')}`;
}

/** Applies what is missing in one service's schema; returns the applied files as `service/file`. */
export async function migrate(service: string, account: Account = migratorAccount()): Promise<string[]> {
  const folder = join(root, 'migrations', service);
  if (!existsSync(folder)) return [];
  return underLock({ service, account }, async () => {
    const db = openSchema({ service, account }, folder);
    try {
      // GET_LOCK is ours: whoever left knex's own lock behind was killed.
      await db.migrate.forceFreeMigrationsLock();
      const [, files] = (await db.migrate.latest()) as [number, string[]];
      return files.map((file) => `${service}/${file}`);
    } finally {
      await db.destroy();
    }
  });
}

/** Takes one service's newest batch of migrations back; for tests of `down`. */
export async function rollBack(service: string, account: Account = migratorAccount()): Promise<string[]> {
  return underLock({ service, account }, async () => {
    const db = openSchema({ service, account }, join(root, 'migrations', service));
    try {
      const [, files] = (await db.migrate.rollback()) as [number, string[]];
      return files;
    } finally {
      await db.destroy();
    }
  });
}

interface Schema {
  service: string;
  account: Account;
}

async function underLock<T>({ service, account }: Schema, work: () => Promise<T>): Promise<T> {
  const connection = await createConnection(account);
  try {
    const [rows] = await connection.query<RowDataPacket[]>('SELECT GET_LOCK(?, ?) AS held', [
      `souk-migrate-${service}`,
      lockSeconds,
    ]);
    if (rows[0]?.held !== 1) throw new Error(`another migration of ${service} does not end`);
    return await work();
  } finally {
    await connection.end();
  }
}

function openSchema({ service, account }: Schema, folder: string): Knex {
  return knex({
    client: 'mysql2',
    connection: { ...account, database: service, charset: 'utf8mb4' },
    pool: { min: 0, max: 1 },
    migrations: { tableName: 'schema_migrations', migrationSource: sourceOf(folder) },
  });
}

/** TypeScript files in order of their names; Node runs them directly. */
function sourceOf(folder: string): Knex.MigrationSource<string> {
  return {
    getMigrations: async () =>
      readdirSync(folder)
        .filter((file) => /^\d.*\.ts$/.test(file))
        .sort(),
    getMigrationName: (file) => file.replace(/\.ts$/, ''),
    getMigration: (file) => import(pathToFileURL(join(folder, file)).href),
  };
}
