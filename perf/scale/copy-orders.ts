/**
 * Fills the tables with orders that look like real ones, because they are copies of some: each has its own ids, number,
 * buyer and times, and all that hangs on it in every service. Written in bulk, table by table, in the order of time.
 */
import type { Connection } from 'mysql2/promise';
import { encodeTime } from 'ulid';
import { orderNumber } from '../../apps/orders/src/order.ts';
import { openAdmin } from '../../tools/platform/mariadb-admin.ts';
import type { Tell } from '../../tools/platform/progress.ts';
import { type CopiedTable, copiedTables } from './copied-tables.ts';

const atOnce = 10_000;
/** Connections that write side by side, each another table. */
const laneCount = 3;
const dayMs = 86_400_000;
/** Ten thousand orders a day, when there are a million. */
const days = 100;
/** An account buys that often; four in ten orders are theirs. */
const ordersOfCustomer = 25;

/** Ids of real orders that may be copied. The open ones are copied for the last day only. */
export interface Originals {
  open: readonly string[];
  ended: readonly string[];
}

export interface Copies {
  /** The first copy's number, counted from 0 over all calls: copies differ by it. */
  from: number;
  to: number;
  /** Of how many in the end: the times of all of them fill the hundred days before `endMs`. */
  endMs: number;
  /** Whose orders these are; without it, of guests and of as many made-up customers as that many orders have. */
  customerIds?: readonly string[];
}

/** Adds copies `from` to `to`; answers how many rows that were in all. The shop must be at rest: tables are exchanged. */
export async function copyOrders(originals: Originals, copies: Copies, tell: Tell): Promise<number> {
  const lanes = await Promise.all(Array.from({ length: laneCount }, openAdmin));
  const db = lanes[0]!;
  const progress = { tables: 0, rows: 0 };
  try {
    for (const lane of lanes) await lane.query('SET unique_checks = 0, foreign_key_checks = 0');
    await plan(db, originals, copies, tell);
    const waiting = [...copiedTables];
    await Promise.all(
      lanes.map(async (lane) => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
          progress.rows += await fill(lane, next, [...originals.open, ...originals.ended]);
          progress.tables += 1;
          const { tables, rows } = progress;
          tell(`${tables} of ${copiedTables.length} tables, ${rows.toLocaleString('en')} rows`);
        }
      }),
    );
    await db.query('DROP DATABASE scale');
    return progress.rows;
  } finally {
    await Promise.all(lanes.map((lane) => lane.end()));
  }
}

/** Which orders are to be made, and from which original each. */
async function plan(db: Connection, originals: Originals, copies: Copies, tell: Tell): Promise<void> {
  const id = 'CHAR(26) CHARACTER SET ascii COLLATE ascii_bin';
  await db.query('CREATE OR REPLACE DATABASE scale');
  await db.query(`CREATE TABLE scale.plan (
    n INT UNSIGNED NOT NULL PRIMARY KEY, original ${id} NOT NULL, id ${id} NOT NULL, cart_id ${id} NOT NULL,
    customer_id ${id} NULL, email VARCHAR(254) NOT NULL, serial BIGINT UNSIGNED NOT NULL, number VARCHAR(20) NOT NULL,
    earlier_seconds INT NOT NULL, age_days DOUBLE NOT NULL) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`);
  const ids = [...originals.open, ...originals.ended];
  const planning = { originals, copies, ...(await whatIsThere(db, ids)) };
  for (let first = copies.from; first < copies.to; first += atOnce) {
    const last = Math.min(first + atOnce, copies.to);
    await db.query('INSERT INTO scale.plan VALUES ?', [planned(planning, first, last)]);
    tell(`${last.toLocaleString('en')} orders planned`);
  }
}

interface Planning {
  originals: Originals;
  copies: Copies;
  /** Of the newest order. */
  lastSerial: number;
  /** When each original was placed. */
  placedMs: ReadonlyMap<string, number>;
}

function planned(
  { originals, copies, lastSerial, placedMs }: Planning,
  first: number,
  last: number,
): unknown[][] {
  const { endMs, from, to, customerIds } = copies;
  const stepMs = (days * dayMs) / (to - from);
  return Array.from({ length: last - first }, (_, index) => {
    const n = first + index;
    const madeMs = endMs - Math.ceil((to - n) * stepMs);
    const ageDays = (endMs - madeMs) / dayMs;
    const likes = ageDays < 1 ? originals.open : originals.ended;
    const customerId = customerIds ? customerIds[n % customerIds.length]! : madeUpCustomer(n, to - from);
    const serial = lastSerial + 1 + n - from;
    const original = likes[n % likes.length]!;
    const earlierSeconds = Math.round((placedMs.get(original)! - madeMs) / 1_000);
    const email = `${customerId?.toLowerCase() ?? `guest-${n}`}@example.org`;
    return [
      ...[n, original, idAt(madeMs, n), idAt(madeMs - 60_000, n), customerId],
      ...[email, serial, orderNumber(serial), earlierSeconds, ageDays],
    ];
  });
}

/** Null for a guest. Customers come back at any time, so theirs are all over the hundred days. */
function madeUpCustomer(n: number, count: number): string | null {
  if (n % 10 >= 4) return null;
  const customers = Math.max(1, Math.floor((count * 0.4) / ordersOfCustomer));
  return idAt(1_700_000_000_000, (n * 7_919) % customers);
}

/** A ULID of that time, the same for the same number; its digits are all lawful in base 32. */
function idAt(ms: number, n: number): string {
  return (
    encodeTime(Math.floor(ms), 10) +
    ((BigInt(n + 1) * 0x9e3779b97f4a7c15n) & 0xffffffffffffffffn).toString(16).toUpperCase().padStart(16, '0')
  );
}

async function whatIsThere(
  db: Connection,
  ids: readonly string[],
): Promise<Pick<Planning, 'lastSerial' | 'placedMs'>> {
  const [[row]] = (await db.query('SELECT MAX(serial) AS last FROM orders.orders')) as unknown as [
    { last: number }[],
  ];
  const [rows] = (await db.query(
    'SELECT id, ROUND(UNIX_TIMESTAMP(created_at) * 1000) AS ms FROM orders.orders WHERE id IN (?)',
    [ids],
  )) as unknown as [{ id: string; ms: string }[]];
  return { lastSerial: Number(row!.last), placedMs: new Map(rows.map(({ id, ms }) => [id, Number(ms)])) };
}

/**
 * Fills an empty table like this one with copies and then with what there was, and puts it in its place: InnoDB sorts
 * what comes into an empty table and builds its indexes whole, many times faster than row by row. Answers the copies.
 */
async function fill(db: Connection, copied: CopiedTable, ids: readonly string[]): Promise<number> {
  const { schema, table, order, source } = copied;
  const [full, empty, old] = [
    `${schema}.${table}`,
    `scale.new_${schema}_${table}`,
    `scale.old_${schema}_${table}`,
  ];
  const originals = `scale.${schema}_${table}`;
  await db.query(
    `CREATE TABLE ${originals} (KEY (${order})) AS SELECT * FROM ${source ?? full} t WHERE t.${order} IN (?)`,
    [ids],
  );
  await db.query(`CREATE TABLE ${empty} LIKE ${full}`);
  const [result] = (await db.query(await copying(db, copied, { originals, into: empty }))) as unknown as [
    { affectedRows: number },
  ];
  await db.query(`INSERT INTO ${empty} SELECT * FROM ${full}`);
  await db.query(`RENAME TABLE ${full} TO ${old}, ${empty} TO ${full}`);
  await db.query(`DROP TABLE ${old}`);
  await db.query(`ANALYZE TABLE ${full}`);
  return result.affectedRows;
}

/** Every row of the planned orders' originals: its own ids and times, all else as it was. */
async function copying(
  db: Connection,
  { schema, table, order, fresh = {}, keptDays }: CopiedTable,
  { originals, into }: { originals: string; into: string },
): Promise<string> {
  const [columns] = (await db.query(
    'SELECT COLUMN_NAME AS name, DATA_TYPE AS type FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?',
    [schema, table],
  )) as unknown as [{ name: string; type: string }[]];
  const copyOf = ({ name, type }: { name: string; type: string }) => {
    if (fresh[name]) return fresh[name];
    if (name === order) return 'o.id';
    return type === 'datetime' ? `t.${name} - INTERVAL o.earlier_seconds SECOND` : `t.${name}`;
  };
  return `INSERT INTO ${into} (${columns.map(({ name }) => name).join(', ')})
    SELECT ${columns.map(copyOf).join(', ')}
    FROM scale.plan o STRAIGHT_JOIN ${originals} t ON t.${order} = o.original
    ${keptDays === undefined ? '' : `WHERE o.age_days < ${keptDays}`}`;
}
