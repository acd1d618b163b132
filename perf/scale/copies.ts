/**
 * Fills the tables with orders that look like real ones, because they are copies of some: each has its own ids, number,
 * buyer and times. Only tables that placing and listing orders read or write; outboxes and inboxes stay as they are.
 */
import type { Connection, ResultSetHeader } from 'mysql2/promise';
import { encodeTime } from 'ulid';
import { orderNumber } from '../../apps/orders/src/order.ts';
import { openAdmin } from '../../tools/platform/mariadb-admin.ts';
import type { Tell } from '../../tools/platform/progress.ts';

const atOnce = 20_000;
const dayMs = 86_400_000;
const days = 100;
const ordersOfCustomer = 25;
const id = 'CHAR(26) CHARACTER SET ascii COLLATE ascii_bin';

interface CopiedTable {
  table: string;
  /** The column that names the order. */
  order: string;
  /** What is not as in the copied row (`t`), beside the order's id and its times: SQL over it and the new order (`o`). */
  fresh?: Record<string, string>;
  /** Kept for a day. */
  lastDay?: true;
}

/** An id of the order's time that no other copy has; rows of one original that share theirs still do. */
const own = (column: string) => `CONCAT(LEFT(o.id, 10), LPAD(HEX(o.n), 8, '0'), RIGHT(t.${column}, 8))`;

const tables: readonly CopiedTable[] = [
  {
    table: 'orders.orders',
    order: 'id',
    fresh: {
      serial: 'o.serial',
      number: 'o.number',
      cart_id: 'o.cart_id',
      live_cart_id: 'IF(t.live_cart_id IS NULL, NULL, o.cart_id)',
      customer_id: 'o.customer_id',
      email: 'o.email',
    },
  },
  { table: 'orders.order_lines', order: 'order_id' },
  { table: 'orders.order_history', order: 'order_id', fresh: { id: own('id') } },
  {
    table: 'orders.idempotency_keys',
    order: 'subject_id',
    lastDay: true,
    fresh: { scope: "CONCAT('copy-', o.id)" },
  },
  { table: 'inventory.reservations', order: 'order_id' },
  { table: 'inventory.reservation_lines', order: 'order_id' },
  {
    table: 'payments.payments',
    order: 'order_id',
    fresh: { provider_ref: "IF(t.provider_ref IS NULL, NULL, CONCAT('copy-', o.id))" },
  },
  { table: 'payments.ledger_entries', order: 'order_id', fresh: { txn_id: own('txn_id') } },
  {
    table: 'shipping.shipments',
    order: 'order_id',
    fresh: { number: 'o.number', customer_id: 'o.customer_id' },
  },
];

/** Real orders at rest. Those that are still open are copied for the last day only. */
export interface Originals {
  open: readonly string[];
  ended: readonly string[];
}

export interface Copies {
  /** Copies are counted from 0 over all calls; these fill the hundred days before now. */
  from: number;
  to: number;
  /** Whose orders these are; without it, four in ten belong to made-up customers with 25 each. */
  customerIds?: readonly string[];
}

/** Adds copies `from` to `to`, over three connections; answers how many rows that were. */
export async function copyOrders(originals: Originals, copies: Copies, tell: Tell): Promise<number> {
  const lanes = await Promise.all(Array.from({ length: 3 }, openAdmin));
  const db = lanes[0]!;
  try {
    for (const lane of lanes) await lane.query('SET unique_checks = 0, foreign_key_checks = 0');
    await db.query('CREATE OR REPLACE DATABASE scale');
    await db.query(`CREATE TABLE scale.plan (
      n INT UNSIGNED NOT NULL PRIMARY KEY, original ${id} NOT NULL, id ${id} NOT NULL, cart_id ${id} NOT NULL,
      customer_id ${id} NULL, email VARCHAR(254) NOT NULL, serial BIGINT UNSIGNED NOT NULL, number VARCHAR(20) NOT NULL,
      back_seconds INT NOT NULL, last_day BOOLEAN NOT NULL) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci`);
    const planning = await planOf(db, originals, copies);
    const statements: string[] = [];
    for (const table of tables) statements.push(await copying(db, table, originals));
    let rows = 0;
    for (let first = copies.from; first < copies.to; first += atOnce) {
      const last = Math.min(first + atOnce, copies.to);
      await db.query('INSERT INTO scale.plan VALUES ?', [planned(planning, first, last)]);
      // The first table is as large as the others together.
      const done = await Promise.all(
        statements.map((sql, place) => lanes[place === 0 ? 0 : 1 + (place % 2)]!.query<ResultSetHeader>(sql)),
      );
      rows += done.reduce((sum, [{ affectedRows }]) => sum + affectedRows, 0);
      await db.query('TRUNCATE scale.plan');
      tell(`${last.toLocaleString('en')} orders, ${rows.toLocaleString('en')} rows`);
    }
    await db.query('DROP DATABASE scale');
    for (const { table } of tables) await db.query(`ANALYZE TABLE ${table}`);
    return rows;
  } finally {
    await Promise.all(lanes.map((lane) => lane.end()));
  }
}

interface Planning extends Copies {
  originals: Originals;
  nowMs: number;
  lastSerial: number;
  /** When each original was placed. */
  placedMs: ReadonlyMap<string, number>;
}

async function planOf(db: Connection, originals: Originals, copies: Copies): Promise<Planning> {
  const [[newest]] = (await db.query('SELECT MAX(serial) AS last FROM orders.orders')) as unknown as [
    { last: number }[],
  ];
  const [rows] = (await db.query(
    'SELECT id, ROUND(UNIX_TIMESTAMP(created_at) * 1000) AS ms FROM orders.orders WHERE id IN (?)',
    [[...originals.open, ...originals.ended]],
  )) as unknown as [{ id: string; ms: string }[]];
  const placedMs = new Map(rows.map(({ id, ms }) => [id, Number(ms)]));
  return { ...copies, originals, nowMs: Date.now(), lastSerial: Number(newest!.last), placedMs };
}

function planned(planning: Planning, first: number, last: number): unknown[][] {
  const { originals, from, to, customerIds, nowMs, lastSerial, placedMs } = planning;
  const stepMs = (days * dayMs) / (to - from);
  return Array.from({ length: last - first }, (_, place) => {
    const n = first + place;
    const ageMs = (to - n) * stepMs;
    const madeMs = Math.floor(nowMs - ageMs);
    const likes = ageMs < dayMs ? originals.open : originals.ended;
    const original = likes[n % likes.length]!;
    const customer = customerIds ? customerIds[n % customerIds.length]! : madeUpCustomer(n, to - from);
    const serial = lastSerial + 1 + n - from;
    const email = `${customer?.toLowerCase() ?? `guest-${n}`}@example.org`;
    const back = Math.round((placedMs.get(original)! - madeMs) / 1_000);
    const ids = [idAt(madeMs, n), idAt(madeMs - 60_000, n)];
    return [n, original, ...ids, customer, email, serial, orderNumber(serial), back, ageMs < dayMs];
  });
}

/** Null for a guest. A customer comes back at any time, so each one's orders are all over the hundred days. */
function madeUpCustomer(n: number, count: number): string | null {
  if (n % 10 >= 4) return null;
  const customers = Math.max(1, Math.floor((count * 0.4) / ordersOfCustomer));
  return idAt(1_700_000_000_000, (Math.floor(n / 10) * 4 + (n % 10)) % customers);
}

/** A ULID of that time, the same for the same number; hexadecimal digits are all lawful in it. */
function idAt(ms: number, n: number): string {
  const mixed = (BigInt(n + 1) * 0x9e3779b97f4a7c15n) & 0xffffffffffffffffn;
  return encodeTime(ms, 10) + mixed.toString(16).toUpperCase().padStart(16, '0');
}

/** The statement that copies a table's rows of the planned orders' originals, which it lays aside for that. */
async function copying(
  db: Connection,
  { table, order, fresh = {}, lastDay }: CopiedTable,
  originals: Originals,
) {
  const aside = `scale.${table.replace('.', '_')}`;
  await db.query(
    `CREATE TABLE ${aside} (KEY (${order})) AS SELECT * FROM ${table} t WHERE t.${order} IN (?)`,
    [[...originals.open, ...originals.ended]],
  );
  const [columns] = (await db.query(`SHOW COLUMNS FROM ${table}`)) as unknown as [
    { Field: string; Type: string }[],
  ];
  const copyOf = ({ Field: name, Type: type }: { Field: string; Type: string }) => {
    if (name === order) return 'o.id';
    return (
      fresh[name] ??
      (type.startsWith('datetime') ? `t.${name} - INTERVAL o.back_seconds SECOND` : `t.${name}`)
    );
  };
  return `INSERT INTO ${table} (${columns.map(({ Field }) => Field).join(', ')})
    SELECT ${columns.map(copyOf).join(', ')} FROM scale.plan o STRAIGHT_JOIN ${aside} t ON t.${order} = o.original
    ${lastDay ? 'WHERE o.last_day' : ''} ORDER BY o.n`;
}
