/** A million orders in the tables: placing one, staff's list and a customer's list, before and after, in one run. */
import { ports } from '@souk/contracts/ports';
import type { Connection } from 'mysql2/promise';
import { closeBackRoom } from '../../test/support/back-room.ts';
import { openAdmin } from '../../tools/platform/mariadb-admin.ts';
import { say, step } from '../../tools/platform/progress.ts';
import { sampleTraces, untilAtRest } from '../counters.ts';
import { measure, type Round, type Work } from '../measure.ts';
import { traceShare } from '../run-facts.ts';
import { line, runHammer } from '../side-by-side.ts';
import { fillInBulk } from './bulk-settings.ts';
import { copyOrders } from './copy-orders.ts';
import { type Growth, growthOf, tries } from './growth.ts';
import { onKeptData } from './kept-data.ts';
import { listRequests, makeCustomers } from './order-lists.ts';
import { makeOriginals } from './originals.ts';
import { makeCarts, placeAtRate, skusToSell } from './placing.ts';

/** So many that every list has a full first page before it grows. */
const few = 1_000;
const many = Number(process.env.ORDERS || 1_000_000);
const perSecond = Number(process.env.RATE || 5);
const rounds = Number(process.env.ROUNDS || 3);
const placingSeconds = Number(process.env.SECONDS || 15);
const listSeconds = 5;
const listClients = 4;
const mostGrowth = 1.2;

export interface GrownOrders {
  before: number;
  after: number;
  rows: number;
  fillSeconds: number;
  bytes: number;
  perSecond: number;
  kinds: Growth[];
  rounds: Round[];
}

/** Fills the tables of orders and of all that belongs to them; the shop has its own orders again afterwards. */
export function growOrders(): Promise<GrownOrders> {
  return onKeptData(async () => {
    const admin = await openAdmin();
    const restore = await sampleTraces(traceShare);
    try {
      return await growOn(admin);
    } finally {
      await restore();
      await closeBackRoom();
      await admin.end();
    }
  });
}

async function growOn(admin: Connection): Promise<GrownOrders> {
  const skus = await skusToSell(admin);
  const originals = await makeOriginals(admin, skus);
  say(`${originals.open.length + originals.ended.length} orders to be copied`);
  const customerIds = await makeCustomers();
  const endMs = Date.now() - 60_000;
  await copyOrders(originals, { from: 0, to: few, endMs, customerIds }, say);
  // Uncompiled code is no measure.
  await placeAtRate(await makeCarts(20 * perSecond, skus), perSecond);
  const before = await count(admin, 'orders.orders');
  const small = await measureAll(admin, skus, customerIds, 'few: ');
  let rows = 0;
  const begunMs = performance.now();
  await step(`${(many - few).toLocaleString('en')} orders more`, (tell) =>
    fillInBulk(admin, async () => {
      rows = await copyOrders(originals, { from: few, to: many, endMs }, tell);
      return `${rows.toLocaleString('en')} rows`;
    }),
  );
  const fillSeconds = (performance.now() - begunMs) / 1_000;
  const after = await count(admin, 'orders.orders');
  const large = await measureAll(admin, skus, customerIds, 'many: ');
  return {
    ...{ before, after, rows, fillSeconds, perSecond, bytes: await bytesOfTables(admin) },
    kinds: kindNames.map((name) => growthOf({ name, small, large, mostGrowth })),
    rounds: [...small, ...large],
  };
}

const kindNames = ['POST /orders', "staff's list of orders", "a customer's list of orders"] as const;

async function measureAll(
  admin: Connection,
  skus: readonly string[],
  customerIds: readonly string[],
  label: string,
): Promise<Round[]> {
  await untilAtRest(admin);
  const { ofStaff, ofCustomers } = await listRequests(admin, customerIds, few);
  const order = { port: ports.ingress, connections: listClients, status: 200, seconds: listSeconds };
  const found: Round[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const runs: Work['run'][] = [
      async () => (await placeAtRate(await makeCarts(perSecond * placingSeconds, skus), perSecond)).load,
      () => runHammer({ ...order, requests: ofStaff }),
      () => runHammer({ ...order, requests: ofCustomers }),
    ];
    for (const [place, run] of runs.entries()) {
      found.push(await measure(admin, { name: label + kindNames[place]!, side: 'shop', run }, tries));
      say(line(found.at(-1)!));
    }
  }
  return found;
}

async function count(db: Connection, table: string): Promise<number> {
  const [[row]] = (await db.query(`SELECT COUNT(*) AS count FROM ${table}`)) as unknown as [
    { count: number }[],
  ];
  return Number(row!.count);
}

/** Data and indexes of all services, as InnoDB estimates them. */
async function bytesOfTables(db: Connection): Promise<number> {
  const [[row]] = (await db.query(
    `SELECT SUM(DATA_LENGTH + INDEX_LENGTH) AS bytes FROM information_schema.TABLES
     WHERE TABLE_SCHEMA IN ('orders', 'inventory', 'payments', 'shipping', 'notifications')`,
  )) as unknown as [{ bytes: string }[]];
  return Number(row!.bytes);
}
