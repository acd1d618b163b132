/** A thousand orders in the tables, then a million: placing one, a customer's list and those of staff. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ports } from '@souk/contracts/ports';
import { newId } from '@souk/kit/identifier';
import type { Connection } from 'mysql2/promise';
import { closeBackRoom } from '../../test/support/back-room.ts';
import { newStaff, plantKey } from '../../test/support/live-tokens.ts';
import { cancel, eventually, orderIn, send } from '../../test/support/shop.ts';
import { openAdmin } from '../../tools/platform/mariadb-admin.ts';
import { step } from '../../tools/platform/progress.ts';
import { untilAtRest } from '../counters.ts';
import { prepareData } from '../data.ts';
import type { HammerRequest } from '../hammer.ts';
import { makeCarts, type Placed, placeAtRate } from '../mails/placing.ts';
import type { Round } from '../measure.ts';
import { runHammer } from '../side-by-side.ts';
import { copyOrders, type Originals } from './copies.ts';
import { growthOf, type Kind, measureKinds, souk } from './growth.ts';
import type { Grown } from './products.ts';

/** Enough for full pages before the tables grow. */
const few = 1_000;
const many = Number(process.env.ORDERS || 1_000_000);
/** Of the thousand: so many are older than where a page begins, that it is full before the tables grow too. */
const fullPages = 250;
const customers = 40;
/** Of each list in a round. */
const timesAsked = 3;
const placing = { perSecond: 8, seconds: 20 };
const listClients = 4;
const onceSeconds = 60;
const lateMs = 30_000;
const flushLimitMs = 180_000;
const mebibyte = 2 ** 20;
/** Until the shop is opened anew: more memory and fewer waits than it has while it is measured. */
const filling = {
  innodb_io_capacity_max: 20_000,
  innodb_io_capacity: 10_000,
  innodb_buffer_pool_size: 2_048 * mebibyte,
  innodb_log_file_size: 2_048 * mebibyte,
  innodb_flush_log_at_trx_commit: 2,
};

/** Ends with a million orders in the shop. */
export async function growOrders(): Promise<Grown> {
  const begun = await openAdmin();
  const { skus } = await prepareData(begun, true);
  const originals = await placeOriginals(begun, skus);
  const customerIds = Array.from({ length: customers }, newId);
  await fill(begun, originals, { from: 0, to: few, customerIds });
  const small = await measureOpenedAnew(skus, customerIds, `${few}`);
  const filled = await openAdmin();
  await fill(filled, originals, { from: few, to: many });
  const large = await measureOpenedAnew(skus, customerIds, `${many}`);
  const words = (count: number) => `${count.toLocaleString('en')} orders`;
  return {
    sizes: [words(few), words(many)],
    kinds: small.kinds.map((kind) => growthOf(kind, [small.rounds, large.rounds])),
    rounds: [...small.rounds, ...large.rounds],
  };
}

/** Eight real orders: five delivered, one cancelled, two open. */
async function placeOriginals(db: Connection, skus: readonly string[]): Promise<Originals> {
  const { placed } = await placeAtRate(await makeCarts(8, skus), 4);
  if (placed.length < 8) throw new Error(`only ${placed.length} of 8 orders were confirmed: make status`);
  const [cancelled, ...others] = placed as [Placed, ...Placed[]];
  const [delivered, open] = [others.slice(0, 5), others.slice(5)];
  await cancel(cancelled);
  await orderIn(cancelled, 'cancelled', lateMs);
  const { headers } = await newStaff(await plantKey(), ['owner']);
  const command = (path: string, body?: unknown) =>
    eventually(async () => {
      const sending = { headers: { ...headers, 'idempotency-key': randomUUID() }, body };
      return (await send('POST', path, sending)).status === 200;
    }, lateMs);
  for (const order of delivered) {
    const path = `/admin/shipments/${order.id}`;
    await command(`${path}/dispatch`, { carrier: 'dhl', trackingNumber: `JD${order.id.slice(-10)}` });
    await orderIn(order, 'dispatched', lateMs);
    await command(`${path}/delivery`);
    await orderIn(order, 'delivered', lateMs);
  }
  if ((await untilAtRest(db)) === null) throw new Error('the shop does not come to rest: make status');
  const ids = (orders: readonly Placed[]) => orders.map(({ id }) => id);
  return { open: ids(open), ended: ids([...delivered, cancelled]) };
}

/** Copies orders with settings for filling, and waits until all is in its files. Ends the connection. */
async function fill(
  db: Connection,
  originals: Originals,
  copies: { from: number; to: number; customerIds?: string[] },
): Promise<void> {
  for (const [name, value] of Object.entries(filling)) await db.query(`SET GLOBAL ${name} = ${value}`);
  await step('orders', async (tell) => {
    const rows = await copyOrders(originals, copies, tell);
    return `${(copies.to - copies.from).toLocaleString('en')} copied, ${rows.toLocaleString('en')} rows`;
  });
  await step('written to the disk', async (tell) => {
    await db.query('SET GLOBAL innodb_max_dirty_pages_pct = 0');
    const endMs = performance.now() + flushLimitMs;
    for (let dirty = Number.POSITIVE_INFINITY; dirty > 500; ) {
      const [[row]] = (await db.query(
        "SHOW GLOBAL STATUS LIKE 'Innodb_buffer_pool_pages_dirty'",
      )) as unknown as [{ Value: string }[]];
      dirty = Number(row!.Value);
      tell(`${dirty} pages to go`);
      if (performance.now() > endMs)
        throw new Error(`MariaDB still has ${dirty} pages to write: is the disk slow?`);
      await sleep(500);
    }
  });
  await db.end();
}

/** MariaDB comes back with the settings of the shop and with nothing in memory, both before and after. */
async function measureOpenedAnew(
  skus: readonly string[],
  customerIds: readonly string[],
  stage: string,
): Promise<{ kinds: Kind[]; rounds: Round[] }> {
  await closeBackRoom();
  await souk('down');
  await souk('up');
  const admin = await openAdmin();
  try {
    const kinds = await kindsOf(admin, skus, customerIds);
    return { kinds, rounds: await measureKinds(admin, stage, kinds) };
  } finally {
    await admin.end();
    await closeBackRoom();
  }
}

async function kindsOf(
  db: Connection,
  skus: readonly string[],
  customerIds: readonly string[],
): Promise<Kind[]> {
  const [rows] = (await db.query(
    'SELECT id, number, email FROM orders.orders WHERE customer_id IN (?) ORDER BY RIGHT(id, 16)',
    [customerIds],
  )) as unknown as [{ id: string; number: string; email: string }[]];
  const key = await plantKey();
  const { headers } = await newStaff(key, ['owner']);
  const bearer = async (sub: string) => ({
    authorization: `Bearer ${await key.token({ claims: { sub, kind: 'customer', roles: [] } })}`,
  });
  const tokens = await Promise.all(customerIds.map(bearer));
  const place = async ({ perSecond, seconds }: typeof placing) =>
    (await placeAtRate(await makeCarts(perSecond * seconds, skus), perSecond)).load;
  const list = (name: string, queries: readonly string[], path = '/admin/orders', by = [headers]): Kind => {
    const paths = Array.from({ length: timesAsked }, () => queries).flat();
    const requests = paths.flatMap((query) => by.map((own) => get(`${path}?limit=20${query}`, own)));
    const run = () =>
      runHammer({
        ...{ port: ports.ingress, connections: listClients, status: 200 },
        requests,
        once: true,
        seconds: onceSeconds,
      });
    return { name, yardstick: 'bare list of 20', mostGrowth: 1.2, warmUp: run, run };
  };
  const states = ['confirmed', 'delivered', 'cancelled'];
  const newEnough = rows.map(({ id }) => id).toSorted()[fullPages]!;
  const older = rows.filter(({ id }) => id >= newEnough).map(({ id }) => `&cursor=${id}`);
  return [
    {
      ...{ name: 'POST /orders', yardstick: 'bare order transaction', mostGrowth: 1.2 },
      warmUp: () => place({ ...placing, seconds: 10 }),
      run: () => place(placing),
    },
    list("a customer's list", ['', '', '', '', ...older.slice(0, 20)], '/orders', tokens),
    list(
      'of staff, by state',
      Array.from({ length: 1_000 }, (_, n) => `&state=${states[n % 3]}`),
    ),
    list(
      'of staff, by number',
      rows.map(({ number }) => `&q=${number}`),
    ),
    list(
      'of staff, by mail address',
      rows.map(({ email }) => `&q=${encodeURIComponent(email)}`),
    ),
    list('of staff, deep pages', older),
    list(
      'of staff, deep pages by state',
      older.map((cursor, n) => `${cursor}&state=${states[1 + (n % 2)]}`),
    ),
  ];
}

const get = (path: string, headers: Record<string, string>): HammerRequest => ({
  ...{ method: 'GET', path: `/api/v1${path}`, headers },
});
