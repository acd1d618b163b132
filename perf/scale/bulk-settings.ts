/** MariaDB's settings while tables are filled: more memory and fewer waits, and its own again before anything is measured. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mysql2/promise';

const mebibyte = 2 ** 20;
/** Set in this order and put back in the other: the capacity may not exceed its own limit. */
const filling = {
  innodb_io_capacity_max: 20_000,
  innodb_io_capacity: 10_000,
  innodb_buffer_pool_size: 2_048 * mebibyte,
  innodb_log_file_size: 2_048 * mebibyte,
  innodb_flush_log_at_trx_commit: 2,
};
const settleLimitMs = 120_000;
const lookEveryMs = 500;
/** So few pages left to write that their writing is no load. */
const quietPages = 100;

/** Runs `work` with settings for filling; then waits until all is on the disk and the settings are as before. */
export async function fillInBulk<T>(db: Connection, work: () => Promise<T>): Promise<T> {
  const names = Object.keys(filling).toReversed();
  const [[own]] = (await db.query(
    `SELECT ${names.map((name) => `@@GLOBAL.${name} AS ${name}`).join(', ')}`,
  )) as unknown as [Record<string, number>[]];
  await setAll(db, filling);
  try {
    return await work();
  } finally {
    await untilWritten(db);
    await setAll(db, own!);
    await untilResized(db);
  }
}

async function setAll(db: Connection, values: Readonly<Record<string, number>>): Promise<void> {
  for (const [name, value] of Object.entries(values)) await db.query(`SET GLOBAL ${name} = ${Number(value)}`);
}

/** Dirty pages are written in the background only as long as there are more than this share of them. */
async function untilWritten(db: Connection): Promise<void> {
  const share = 'innodb_max_dirty_pages_pct';
  const [[own]] = (await db.query(`SELECT @@GLOBAL.${share} AS share`)) as unknown as [{ share: number }[]];
  await db.query(`SET GLOBAL ${share} = 0`);
  await until(db, 'Innodb_buffer_pool_pages_dirty', (value) => Number(value) <= quietPages);
  await db.query(`SET GLOBAL ${share} = ${Number(own!.share)}`);
}

const untilResized = (db: Connection) =>
  until(db, 'Innodb_buffer_pool_resize_status', (value) => value === '' || value.startsWith('Completed'));

async function until(db: Connection, name: string, isSo: (value: string) => boolean): Promise<void> {
  const endMs = performance.now() + settleLimitMs;
  for (;;) {
    const [[row]] = (await db.query('SHOW GLOBAL STATUS LIKE ?', [name])) as unknown as [{ Value: string }[]];
    if (isSo(row!.Value)) return;
    if (performance.now() > endMs) throw new Error(`MariaDB does not settle: ${name} is ${row!.Value}`);
    await sleep(lookEveryMs);
  }
}
