/**
 * Fills the tables with orders that look like real ones, because they are copies of some: each has its own ids, number,
 * buyer and times, and all that hangs on it in every service. Written in bulk, table by table, in the order of time.
 */
import type { Connection } from 'mysql2/promise';
import { encodeTime } from 'ulid';
import { orderNumber } from '../../apps/orders/src/order.ts';
import { openAdmin } from '../../tools/platform/mariadb-admin.ts';
import type { Tell } from '../../tools/platform/progress.ts';
import { type CopiedTable, tablesOfOrders, tablesOfOthers } from './copied-tables.ts';

const atOnce = 10_000;
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

/** Writes copies `from` to `to`; answers how many rows that were in all. */
export async function copyOrders(originals: Originals, copies: Copies, tell: Tell): Promise<number> {
  const lanes = await Promise.all([openAdmin(), openAdmin()]);
  try {
    for (const lane of lanes) await lane.query('SET unique_checks = 0, foreign_key_checks = 0');
    await preparePlan(lanes[0]);
    const ids = [...originals.open, ...originals.ended];
    const statementsOf = (tables: readonly CopiedTable[]) =>
      Promise.all(tables.map((one) => statementOf(lanes[0], ids, one)));
    const [mine, others] = [await statementsOf(tablesOfOrders), await statementsOf(tablesOfOthers)];
    const planning = { originals, copies, ...(await whatIsThere(lanes[0], ids)) };
    const begunMs = performance.now();
    let rows = 0;
    for (let first = copies.from; first < copies.to; first += atOnce) {
      const last = Math.min(first + atOnce, copies.to);
      await plan(lanes[0], planned(planning, first, last));
      const written = await Promise.all([runAll(lanes[0], mine), runAll(lanes[1], others)]);
      rows += written[0] + written[1];
      const perSecond = Math.round(((last - copies.from) * 1_000) / (performance.now() - begunMs));
      tell(
        `${last.toLocaleString('en')} orders, ${rows.toLocaleString('en')} rows, ${perSecond.toLocaleString('en')} orders/s`,
      );
    }
    await lanes[0].query('DROP DATABASE scale');
    return rows;
  } finally {
    await Promise.all(lanes.map((lane) => lane.end()));
  }
}

async function runAll(db: Connection, statements: readonly string[]): Promise<number> {
  let rows = 0;
  for (const statement of statements) {
    const [result] = (await db.query(statement)) as unknown as [{ affectedRows: number }];
    rows += result.affectedRows;
  }
  return rows;
}

/** Which orders are to be made next, and from which original each. */
async function preparePlan(db: Connection): Promise<void> {
  const id = 'CHAR(26) CHARACTER SET ascii COLLATE ascii_bin';
  await db.query('CREATE OR REPLACE DATABASE scale');
  await db.query(`CREATE TABLE scale.plan (
    n INT UNSIGNED NOT NULL PRIMARY KEY, original ${id} NOT NULL, id ${id} NOT NULL, cart_id ${id} NOT NULL,
    customer_id ${id} NULL, email VARCHAR(254) NOT NULL, serial BIGINT UNSIGNED NOT NULL, number VARCHAR(20) NOT NULL,
    earlier_seconds INT NOT NULL, age_days DOUBLE NOT NULL) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`);
}

async function plan(db: Connection, rows: unknown[][]): Promise<void> {
  await db.query('TRUNCATE scale.plan');
  await db.query('INSERT INTO scale.plan VALUES ?', [rows]);
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

/** Copies every row of the planned orders' originals: its own ids and times, all else as it was. */
async function statementOf(db: Connection, ids: readonly string[], copied: CopiedTable): Promise<string> {
  const { schema, table, order, source, fresh = {}, keptDays } = copied;
  // Apart from the table itself: it is not read while it is filled.
  const originals = `scale.${schema}_${table}`;
  await db.query(
    `CREATE TABLE ${originals} (KEY (${order})) AS SELECT * FROM ${source ?? `${schema}.${table}`} t WHERE t.${order} IN (?)`,
    [ids],
  );
  const [columns] = (await db.query(
    'SELECT COLUMN_NAME AS name, DATA_TYPE AS type FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?',
    [schema, table],
  )) as unknown as [{ name: string; type: string }[]];
  const copyOf = ({ name, type }: { name: string; type: string }) => {
    if (fresh[name]) return fresh[name];
    if (name === order) return 'o.id';
    return type === 'datetime' ? `t.${name} - INTERVAL o.earlier_seconds SECOND` : `t.${name}`;
  };
  return `INSERT INTO ${schema}.${table} (${columns.map(({ name }) => name).join(', ')})
    SELECT ${columns.map(copyOf).join(', ')}
    FROM scale.plan o STRAIGHT_JOIN ${originals} t ON t.${order} = o.original
    ${keptDays === undefined ? '' : `WHERE o.age_days < ${keptDays}`}`;
}
