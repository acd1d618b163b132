/** Real orders, placed and brought to an end through the shop's own doors, of which copies can be made. */
import { randomUUID } from 'node:crypto';
import type { Connection } from 'mysql2/promise';
import { newStaff, type Person, plantKey } from '../../test/support/live-tokens.ts';
import { cancel, eventually, orderIn, type Sending, send, sendSafely } from '../../test/support/shop.ts';
import { untilAtRest } from '../counters.ts';
import type { Originals } from './copy-orders.ts';
import { makeCarts, type Placed, placeAtRate } from './placing.ts';

const counts = { open: 8, cancelled: 2, delivered: 30 };
const perSecond = 5;
const shippedWithinMs = 30_000;

/** Places forty orders of three articles: most are delivered, some cancelled, some left open. */
export async function makeOriginals(db: Connection, skus: readonly string[]): Promise<Originals> {
  const wanted = counts.open + counts.cancelled + counts.delivered;
  const { placed } = await placeAtRate(await makeCarts(wanted, skus), perSecond);
  if (placed.length < wanted) throw new Error(`only ${placed.length} of ${wanted} orders were confirmed`);
  const key = await plantKey();
  const owner = await newStaff(key, ['owner']);
  const open = placed.slice(0, counts.open);
  const cancelled = placed.slice(counts.open, counts.open + counts.cancelled);
  const delivered = placed.slice(counts.open + counts.cancelled);
  for (const order of cancelled) {
    await cancel(order);
    await orderIn(order, 'cancelled', shippedWithinMs);
  }
  for (const order of delivered) await deliver(owner, order);
  if ((await untilAtRest(db)) === null) throw new Error('the shop does not come to rest: make status');
  const idsOf = (orders: Placed[]) => orders.map(({ id }) => id);
  return { open: idsOf(open), ended: idsOf([...delivered, ...cancelled]) };
}

/** What a warehouse does; the money is taken meanwhile. */
async function deliver(owner: Person, order: Placed): Promise<void> {
  const path = `/admin/shipments/${order.id}`;
  const by = (body?: unknown): Sending => ({
    headers: { ...owner.headers, 'idempotency-key': randomUUID() },
    ...(body !== undefined && { body }),
  });
  await eventually(async () => (await send('GET', path, by())).status === 200, shippedWithinMs);
  const tracking = { carrier: 'dhl', trackingNumber: `JD${order.id.slice(-10)}` };
  await expect200('POST', `${path}/dispatch`, by(tracking));
  await orderIn(order, 'dispatched', shippedWithinMs);
  await expect200('POST', `${path}/delivery`, by());
  await orderIn(order, 'delivered', shippedWithinMs);
}

async function expect200(method: string, path: string, sending: Sending): Promise<void> {
  const { status, body } = await sendSafely(method, path, sending);
  if (status !== 200) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(body)}`);
}
