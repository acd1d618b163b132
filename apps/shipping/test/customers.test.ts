/** What shipping knows about a customer is handed out, and forgotten as soon as it may be. */
import { newId } from '@souk/kit/identifier';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { address, confirmed, openShipping } from './shipping-under-test.ts';

let shop: Awaited<ReturnType<typeof openShipping>>;
beforeAll(async () => {
  shop = await openShipping();
});
afterAll(async () => {
  await shop.close();
});

async function opened(customerId: string): Promise<string> {
  const orderId = newId();
  await shop.open(orderId, customerId);
  return orderId;
}
async function sent(customerId: string): Promise<string> {
  const orderId = await opened(customerId);
  await shop.dispatch(orderId);
  return orderId;
}
const addressOf = async (orderId: string) => (await shop.get(`/admin/shipments/${orderId}`)).body.address;
/** Tables of the schema in which a text occurs. */
async function tablesWith(text: string): Promise<string[]> {
  const tables = ['shipments', 'outbox', 'dead_events', 'idempotency_keys', 'audit_log', 'inbox'];
  const found = await Promise.all(
    tables.map(async (table) => JSON.stringify(await shop.db(table).select('*')).includes(text) && table),
  );
  return found.filter((table) => table !== false);
}

it('forgets what has ended, and the rest when it is asked again', async () => {
  const customerId = newId();
  const stopped = await opened(customerId);
  await shop.cancel(stopped);
  const arrived = await sent(customerId);
  await shop.arrive(arrived);
  const underWay = await sent(customerId);
  const waiting = await opened(customerId);
  const erased = { customerId, round: 1 };
  const id = newId();
  for (let times = 0; times < 3; times += 1) await shop.deliver('customer.erased', erased, id);
  expect(await Promise.all([stopped, arrived].map(addressOf))).toEqual([null, null]);
  expect(await Promise.all([underWay, waiting].map(addressOf))).toEqual([address, address]);
  const answer = { topic: 'erasure.completed', customerId, service: 'shipping' };
  expect(await shop.eventsOf(customerId)).toEqual([{ ...answer, round: 1, openCount: 2 }]);

  await shop.arrive(underWay);
  await shop.cancel(waiting);
  await shop.deliver('customer.erased', { customerId, round: 2 });
  expect((await shop.eventsOf(customerId)).at(-1)).toEqual({ ...answer, round: 2, openCount: 0 });
  expect(await tablesWith(address.name)).toEqual([]);
  expect(await tablesWith(address.line1)).toEqual([]);
  // Who was forgotten is known to the answers alone.
  expect(await tablesWith(customerId)).toEqual(['outbox']);
});

it('leaves other customers and guests alone', async () => {
  const other = await opened(newId());
  await shop.cancel(other);
  await shop.deliver('customer.erased', { customerId: newId(), round: 1 });
  expect(await addressOf(other)).toEqual(address);
});

it('forgets dead events and what was handed out, but not an order that still has to be sent', async () => {
  const customerId = newId();
  const known = await sent(customerId);
  await shop.arrive(known);
  await shop.deliver('export.requested', { customerId, exportId: newId() });
  const unknown = newId();
  for (const orderId of [known, unknown]) {
    const event = JSON.stringify({ payload: confirmed(orderId, customerId) });
    await shop.db('dead_events').insert({ id: newId(), topic: 'order.confirmed', event, reason: 'a test' });
  }
  await shop.deliver('customer.erased', { customerId, round: 1 });
  expect(await shop.eventsOf(customerId)).toMatchObject([{ topic: 'erasure.completed', openCount: 1 }]);
  const left = await shop.db('dead_events').select('event').where('event', 'like', `%${customerId}%`);
  expect(left.map(({ event }) => JSON.parse(event).payload.orderId)).toEqual([unknown]);
});

it('hands out long shipments in parts that an event can hold', async () => {
  const customerId = newId();
  const lines = Array.from({ length: 50 }, (_, i) => ({ sku: `${'LONG-'.repeat(6)}${i}`, quantity: 9 }));
  const names = Object.fromEntries(lines.map(({ sku }) => [sku, 'A'.repeat(120)]));
  const payloads = Array.from({ length: 100 }, () => ({ ...confirmed(newId(), customerId), lines, names }));
  for (const payload of payloads) await shop.deliver('order.confirmed', payload);
  await shop.deliver('export.requested', { customerId, exportId: newId() });
  const parts = await shop.eventsOf(customerId);
  expect(parts.flatMap(({ data }) => data.shipments)).toHaveLength(100);
  for (const part of parts) expect(Buffer.byteLength(JSON.stringify(part))).toBeLessThan(500_000);
});

it('hands out everything in parts of at most twenty, and an empty part to a stranger', async () => {
  const customerId = newId();
  const orders = await Promise.all(Array.from({ length: 21 }, () => opened(customerId)));
  const exportId = newId();
  const id = newId();
  for (let times = 0; times < 2; times += 1)
    await shop.deliver('export.requested', { customerId, exportId }, id);
  const parts = await shop.eventsOf(customerId);
  expect(parts).toMatchObject([1, 2].map((part) => ({ customerId, exportId, part, parts: 2 })));
  const shipments = parts.flatMap(({ data }) => data.shipments);
  expect(shipments.map(({ orderId }) => orderId)).toEqual([...orders].sort());
  expect(shipments[0].address).toEqual(address);
  const stranger = newId();
  await shop.deliver('export.requested', { customerId: stranger, exportId });
  expect(await shop.eventsOf(stranger)).toMatchObject([{ part: 1, parts: 1, data: { shipments: [] } }]);
});
