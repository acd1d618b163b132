/** The database: a knex pool with our session settings, and transactions that are repeated whole when they collide. */

import knex, { type Knex } from 'knex';
import type { Connection } from 'mysql2';

export type Database = Knex;
export type Transaction = Knex.Transaction;
/** Where a statement may run: the pool, or a transaction. */
export type Executor = Knex | Knex.Transaction;

export interface DatabaseOptions {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
  poolSize: number;
}

/** Deadlock, lock wait, snapshot too old (MariaDB), certification failure (Galera): safe to repeat whole. */
const collisionErrnos = new Set([1213, 1205, 1020, 1047]);
const maxAttempts = 8;
const acquireTimeoutMs = 2_000;
const connectTimeoutMs = 2_000;
const statementTimeoutSeconds = 5;

/** Session settings: lost updates become errors (1020), waits are short, times are UTC. Unknown ones of MySQL are left out there. */
const sessionSettings =
  "SET time_zone = '+00:00', innodb_lock_wait_timeout = 3" +
  ` /*M!100000 , innodb_snapshot_isolation = 1, max_statement_time = ${statementTimeoutSeconds} */`;

const silence = () => {};

/** Opens a pool. Nothing connects before the first statement; every wait has a limit. */
export function openDatabase(options: DatabaseOptions): Database {
  const { poolSize, ...connection } = options;
  return knex({
    client: 'mysql2',
    // An error's message goes to the log: it may name the statement, and not the people in its values.
    compileSqlOnError: false,
    // What knex prints it also throws, and stdout is for our log alone.
    log: { warn: silence, error: silence, deprecate: silence, debug: silence },
    connection: {
      ...connection,
      charset: 'utf8mb4',
      timezone: 'Z',
      connectTimeout: connectTimeoutMs,
      supportBigNumbers: true,
      decimalNumbers: true,
      enableKeepAlive: true,
    },
    acquireConnectionTimeout: acquireTimeoutMs,
    pool: {
      min: 0,
      max: poolSize,
      idleTimeoutMillis: 60_000,
      createTimeoutMillis: connectTimeoutMs,
      createRetryIntervalMillis: 100,
      afterCreate(raw: Connection, done: (error: Error | null, connection: Connection) => void) {
        raw.query(sessionSettings, (error) => done(error, raw));
      },
    },
  });
}

/** Whether an error is a collision of transactions, after which the whole transaction may be run again. */
export function isCollision(error: unknown): boolean {
  return collisionErrnos.has((error as { errno?: number })?.errno ?? 0);
}

/** Whether an INSERT met a row with the same unique key. */
export function isDuplicate(error: unknown): boolean {
  return (error as { errno?: number })?.errno === 1062;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Runs `work` in one transaction and repeats it whole after a collision, also when COMMIT itself reports it. `work` must
 * not touch the network and may run more than once.
 */
export function inTransaction<T>(db: Database, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return repeatedAfterCollisions(() => db.transaction(work));
}

/** Repeats `work`, a whole transaction or a statement that is one, after a collision: at most 8 times, with growing random pauses. */
export async function repeatedAfterCollisions<T>(work: () => PromiseLike<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isCollision(error) || attempt === maxAttempts) throw error;
      await pause(Math.random() * 5 * 2 ** attempt);
    }
  }
}

/** Rejects if the database does not answer a ping within `timeoutMs`. A ping is not a statement. */
export async function pingDatabase(db: Database, timeoutMs: number): Promise<void> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const expired = new Promise<never>((_, reject) => {
    timeout.addEventListener('abort', () => reject(new Error('the database does not answer')), {
      once: true,
    });
  });
  await Promise.race([ping(db), expired]);
}

async function ping(db: Database): Promise<void> {
  const connection: Connection = await db.client.acquireConnection();
  try {
    await new Promise<void>((resolve, reject) => {
      connection.ping((error) => (error ? reject(error) : resolve()));
    });
  } finally {
    await db.client.releaseConnection(connection);
  }
}
