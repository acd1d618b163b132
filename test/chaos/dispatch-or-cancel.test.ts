/**
 * Staff dispatch an order while its buyer cancels it, five hundred times, through the ingress: each order is either sent
 * and paid, or stopped with its money given back and its pieces on the shelf. Never both, never neither.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type Article,
  closeBackRoom,
  newArticle,
  providerLedger,
  schema,
  stockOf,
  untilShopIsUp,
} from '../support/back-room.ts';
import { eventually, type PlacedOrder, placing, readyCart, sendSafely } from '../support/shop.ts';
import { staff } from '../support/staff.ts';

const races = 500;
const atOnce = 16;

/** Services that would keep an event they cannot apply. */
const hearers = ['orders', 'payments', 'shipping', 'inventory', 'notifications'] as const;

beforeAll(() => untilShopIsUp());
afterAll(() => closeBackRoom());

/** Does `work` `count` times, sixteen at once; answers what each answered. */
async function many<T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = new Array(count);
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < count; index = next++) results[index] = await work(index);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}

async function bought({ sku }: Article): Promise<PlacedOrder> {
  const cart = await readyCart({ lines: [{ sku, quantity: 1 }] });
  const { status, body } = await sendSafely('POST', '/orders', placing(cart), 70_000);
  expect([201, 202]).toContain(status);
  return body;
}

/** By how much the cancellation is sent later than the dispatch; set so that each wins half, which is where they meet. */
let headStartMs = 0;
const after = (ms: number) => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));

/**
 * How the buyer may be answered. 202 is a wish that shipping has not decided on yet, and the order in it is read after
 * that, so it may already show the end; but never another one than staff were told.
 */
const whenSent = ['409 already-dispatched', '202 confirmed', '202 dispatched'];
const whenStopped = ['200 cancelled', '202 cancelled', '202 cancelling', '202 confirmed'];

/** Both at once; answers who was told to have won. */
async function race({ id, token }: PlacedOrder): Promise<'dispatched' | 'cancelled'> {
  const key = () => ({ 'idempotency-key': randomUUID() });
  const [dispatch, cancellation] = await Promise.all([
    after(-headStartMs).then(async () =>
      sendSafely('POST', `/admin/shipments/${id}/dispatch`, {
        headers: { ...(await staff()), ...key() },
        body: { carrier: 'dhl', trackingNumber: `RACE-${id}` },
      }),
    ),
    after(headStartMs).then(() =>
      sendSafely('POST', `/orders/${id}/cancellation`, { headers: { 'order-token': token, ...key() } }),
    ),
  ]);
  const sent = dispatch.status === 200;
  headStartMs += sent ? -2 : 2;
  if (!sent) expect([dispatch.status, dispatch.body.code]).toEqual([409, 'shipment-cancelled']);
  const { status, body } = cancellation;
  expect(sent ? whenSent : whenStopped).toContain(`${status} ${body.code ?? body.state}`);
  return sent ? 'dispatched' : 'cancelled';
}

const tables = {
  orders: { table: 'orders', key: 'id' },
  payments: { table: 'payments', key: 'order_id' },
  shipping: { table: 'shipments', key: 'order_id' },
} as const;

/** Order id → its state, as one service knows it. */
async function statesIn(service: keyof typeof tables, ids: string[]): Promise<Map<string, string>> {
  const { table, key } = tables[service];
  const rows = await schema(service)(table).select(`${key} as id`, 'state').whereIn(key, ids);
  const states = new Map(rows.map(({ id, state }) => [id, state]));
  return new Map(ids.filter((id) => states.has(id)).map((id) => [id, states.get(id)]));
}

async function deadEvents(): Promise<number> {
  const counts = await Promise.all(hearers.map((name) => schema(name)('dead_events').count({ n: '*' })));
  return counts.reduce((sum, [row]) => sum + Number(row!.n), 0);
}

it('each of 500 orders ends sent and paid, or stopped and given back', async () => {
  const startedMs = Date.now();
  const seconds = () => ((Date.now() - startedMs) / 1_000).toFixed(0);
  const deadBefore = await deadEvents();
  const article = await newArticle({ stock: races });
  const orders = await many(races, () => bought(article));
  const ids = orders.map(({ id }) => id);
  // Before that there is nothing to dispatch.
  await eventually(async () => (await statesIn('shipping', ids)).size === races, 30_000);

  const readyAfter = seconds();
  const winners = await many(races, (index) => race(orders[index]!));
  const racedAfter = seconds();
  const outcome = new Map(ids.map((id, index) => [id, winners[index]!]));
  const sent = ids.filter((id) => outcome.get(id) === 'dispatched');
  // Both must have happened often, or nothing was raced for.
  expect(sent.length).toBeGreaterThan(races / 10);
  expect(sent.length).toBeLessThan((races * 9) / 10);

  const expected = (dispatched: string, cancelled: string) =>
    new Map([...outcome].map(([id, winner]) => [id, winner === 'dispatched' ? dispatched : cancelled]));
  await eventually(async () => {
    expect(await statesIn('orders', ids)).toEqual(expected('dispatched', 'cancelled'));
    expect(await statesIn('payments', ids)).toEqual(expected('captured', 'voided'));
    expect(await stockOf(article.sku)).toEqual({ onHand: races - sent.length, reserved: 0 });
    return true;
  }, 60_000);
  expect(await statesIn('shipping', ids)).toEqual(expected('dispatched', 'cancelled'));
  const movements = Map.groupBy(await providerLedger(new Set(ids)), ({ orderId }) => orderId);
  const moved = new Map(
    ids.map((id) => [
      id,
      movements
        .get(id)
        ?.map(({ type }) => type)
        .join(', '),
    ]),
  );
  expect(moved).toEqual(expected('authorise, capture', 'authorise, void'));
  expect(await deadEvents()).toBe(deadBefore);
  console.log(
    `${races} orders made after ${readyAfter} s, raced for after ${racedAfter} s, at rest after ${seconds()} s; ` +
      `${sent.length} sent, ${races - sent.length} stopped`,
  );
}, 300_000);
