import { events } from '@souk/contracts/events';
import { initialFlags } from '@souk/kit/flags';
import { newId } from '@souk/kit/identifier';
import { signToken } from '@souk/kit/token';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestDatabase } from '../../../test/support/database.ts';
import { testSecrets } from '../../../test/support/service-under-test.ts';
import { asCustomer, asStaff } from '../../../test/support/tokens.ts';
import { delivery } from './neighbours-fake.ts';
import {
  asGuest,
  bodyFor,
  cartTokenOf,
  type OrdersUnderTest,
  openOrdersDatabase,
  ordersUnderTest,
} from './orders-under-test.ts';

let database: TestDatabase;
let under: OrdersUnderTest;
let customerId: string;

beforeAll(async () => {
  database = await openOrdersDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  under = await ordersUnderTest(database);
  customerId = newId();
});

describe("a customer's order", () => {
  it('is placed by who they are, without a token, and its events say whose it is', async () => {
    const placed = await under.place({ customerId });
    expect([placed.status, placed.body.token]).toEqual([201, undefined]);
    const [confirmed] = await under.published(placed.body.id);
    expect(confirmed!.payload.customerId).toBe(customerId);
    expect(events['order.confirmed'].payload.validate(confirmed!.payload).error).toBeUndefined();
    const guest = await under.place();
    expect((await under.published(guest.body.id))[0]!.payload.customerId).toBeNull();
  });

  it("cannot be made of another's cart", async () => {
    const cartId = newId();
    under.world.owners.set(cartId, newId());
    const headers = { ...(await asCustomer(customerId)), ...under.key() };
    const refused = await under.send('post', '/orders', { headers, body: bodyFor(cartId) });
    expect([refused.status, refused.body.code]).toEqual([404, 'not-found']);
  });

  it('keeps its keys apart from those of other customers, whatever the cart', async () => {
    const key = newId();
    const first = await under.place({ customerId, key });
    const other = await under.place({ customerId: newId(), key });
    expect([first.status, other.status]).toEqual([201, 201]);
    const reused = await under.place({ customerId, key });
    expect([reused.status, reused.body.code]).toEqual([422, 'idempotency-key-reused']);
  });

  it('is read, cancelled and followed by its customer or its token, and by nobody else', async () => {
    const { id } = (await under.place({ customerId })).body;
    const own = await asCustomer(customerId);
    expect((await under.send('get', `/orders/${id}`, { headers: own })).status).toBe(200);
    const strangers = [await asCustomer(), await asStaff(), asGuest(newId()), {}];
    for (const stranger of strangers) {
      for (const path of [`/orders/${id}`, `/orders/${id}/events`]) {
        const refused = await under.send('get', path, { headers: stranger });
        expect([refused.status, refused.body.code]).toEqual([404, 'not-found']);
      }
      const headers = { ...stranger, ...under.key() };
      const refused = await under.send('post', `/orders/${id}/cancellation`, { headers });
      expect([refused.status, refused.body.code]).toEqual([404, 'not-found']);
    }
    const cancelled = await under.send('post', `/orders/${id}/cancellation`, {
      headers: { ...own, ...under.key() },
    });
    expect([cancelled.status, cancelled.body.state]).toEqual([200, 'cancelled']);
  });
});

describe('the list of orders', () => {
  it("shows a customer's own, newest first, page by page, without what was never confirmed", async () => {
    const ids = [];
    for (let i = 0; i < 5; i += 1) ids.push((await under.place({ customerId })).body.id);
    await under.place({ customerId, token: 'tok_declined' });
    await under.place({ customerId, token: 'tok_3ds' });
    await under.place({ customerId: newId() });
    const headers = await asCustomer(customerId);
    const seen = [];
    let query = '?limit=2';
    for (;;) {
      const { body, status } = await under.send('get', `/orders${query}`, { headers });
      expect(status).toBe(200);
      seen.push(...body.items.map(({ id }: { id: string }) => id));
      if (body.nextCursor === null) break;
      query = `?limit=2&cursor=${body.nextCursor}`;
    }
    expect(seen).toEqual(ids.reverse());
  });

  it('can be narrowed to a state, and is for customers alone', async () => {
    const { id } = (await under.place({ customerId })).body;
    await under.place({ customerId });
    const headers = await asCustomer(customerId);
    await under.send('post', `/orders/${id}/cancellation`, { headers: { ...headers, ...under.key() } });
    const { body } = await under.send('get', '/orders?state=cancelled', { headers });
    expect(body.items.map((item: { id: string }) => item.id)).toEqual([id]);
    expect((await under.send('get', '/orders')).status).toBe(401);
    expect((await under.send('get', '/orders', { headers: await asStaff() })).status).toBe(403);
    expect((await under.send('get', '/orders?cursor=x', { headers })).status).toBe(400);
  });
});

describe('placing orders', () => {
  it('is limited by buyer and by address, and says when to come again', async () => {
    under = await ordersUnderTest(database, {
      env: { LIMIT_ORDERS_PER_BUYER: '2', LIMIT_ORDERS_PER_ADDRESS: '5' },
    });
    const order = async (cartId: string) => {
      const headers = { 'cart-token': cartTokenOf(cartId), ...under.key() };
      return under.send('post', '/orders', { headers, body: bodyFor(cartId) });
    };
    const cartId = newId();
    const statuses = [];
    for (let i = 0; i < 3; i += 1) statuses.push((await order(cartId)).status);
    expect(statuses).toEqual([201, 409, 429]);
    expect([(await order(newId())).status, (await order(newId())).status]).toEqual([201, 201]);
    const refused = await order(newId());
    expect([refused.status, refused.body.code]).toEqual([429, 'too-many-requests']);
    expect(Number(refused.get('retry-after'))).toBeGreaterThan(0);
  });

  it('is refused while the shop is closed, but what was ordered before keeps its answer', async () => {
    let open = true;
    const flags = { ...initialFlags, isOn: () => open };
    under = await ordersUnderTest(database, { flags });
    const cartId = newId();
    const headers = { 'cart-token': cartTokenOf(cartId), ...under.key() };
    const placed = await under.send('post', '/orders', { headers, body: bodyFor(cartId) });
    open = false;
    const closed = await under.place();
    expect([closed.status, closed.body.code]).toEqual([503, 'shop-closed']);
    const again = await under.send('post', '/orders', { headers, body: bodyFor(cartId) });
    expect([again.status, again.body]).toEqual([201, placed.body]);
  });

  it('signs with the first of several keys and accepts all of them', async () => {
    const old = testSecrets['order-token-key']!;
    const before = (await under.place()).body;
    testSecrets['order-token-key'] = `a-new-key,${old}`;
    try {
      const after = (await under.place()).body;
      expect(after.token).toBe(signToken('a-new-key', 'order', after.id));
      for (const { id, token } of [before, after]) {
        const read = await under.send('get', `/orders/${id}`, { headers: { 'order-token': token } });
        expect(read.status).toBe(200);
      }
      testSecrets['order-token-key'] = 'a-new-key';
      const retired = await under.send('get', `/orders/${before.id}`, {
        headers: { 'order-token': before.token },
      });
      expect(retired.status).toBe(404);
    } finally {
      testSecrets['order-token-key'] = old;
    }
  });
});

describe('a customer who is erased', () => {
  const erase = async () => {
    await under.hear('customer.erased', { customerId, round: 1 });
    const all = await under.published(customerId);
    const { payload } = all.filter(({ type }) => type === 'erasure.completed').at(-1)!;
    expect(events['erasure.completed'].payload.validate(payload).error).toBeUndefined();
    return payload;
  };
  const markSent = () => database.db('outbox').whereNull('sent_at').update({ sent_at: new Date() });

  it('is forgotten in ended orders, while orders under way are counted and kept', async () => {
    const ended = (await under.place({ customerId })).body;
    const open = (await under.place({ customerId })).body;
    const headers = { ...(await asCustomer(customerId)), ...under.key() };
    await under.send('post', `/orders/${ended.id}/cancellation`, { headers });
    await markSent();
    expect(await erase()).toEqual({ customerId, round: 1, service: 'orders', openCount: 1 });

    const staff = await asStaff(['support']);
    const kept = await under.send('get', `/admin/orders/${open.id}`, { headers: staff });
    expect(kept.body.email).toBe(delivery.email);
    const gone = await under.send('get', `/admin/orders/${ended.id}`, { headers: staff });
    expect(gone.body).toMatchObject({ number: ended.number, customerId: null, quote: ended.quote });
    expect(await everythingAbout(ended.id)).not.toMatch(/ann@|Way 1|53111|tok_ok|Ann/);
    const listed = await under.send('get', `/admin/orders?q=${ended.number}`, { headers: staff });
    expect(listed.body.items[0]).toMatchObject({ id: ended.id, email: null });

    await under.hear('shipment.delivered', { orderId: open.id, carrier: 'DHL', trackingNumber: 'JD77' });
    expect((await erase()).openCount).toBe(1);
    await markSent();
    expect((await erase()).openCount).toBe(0);
    expect(await everythingAbout(open.id)).not.toMatch(/ann@|Way 1|53111|tok_ok|Ann|JD77/);
  });

  it('leaves no dead event that tells how the parcel went, but keeps those about money', async () => {
    const { id } = (await under.place({ customerId })).body;
    await under.hear('shipment.delivered', { orderId: id, carrier: 'DHL', trackingNumber: 'JD78' });
    const dead = (topic: string, payload: object) => {
      const event = JSON.stringify({ payload: { orderId: id, ...payload } });
      return database.db('dead_events').insert({ id: newId(), topic, event, reason: 'a test' });
    };
    await dead('shipment.dispatched', { carrier: 'DHL', trackingNumber: 'JD78' });
    await dead('payment.refunded', { amount: { amount: 100, currency: 'EUR' } });
    await markSent();
    await erase();
    const left = await database.db('dead_events').select('topic').where('event', 'like', `%${id}%`);
    expect(left).toEqual([{ topic: 'payment.refunded' }]);
  });

  it('is answered once for an event that comes twice', async () => {
    const id = newId();
    await under.hear('customer.erased', { customerId, round: 2 }, id);
    await under.hear('customer.erased', { customerId, round: 2 }, id);
    expect(await under.published(customerId)).toHaveLength(1);
  });

  it('gets refunds of forgotten orders without a mail', async () => {
    const { id } = (await under.place({ customerId })).body;
    await under.hear('shipment.delivered', { orderId: id, carrier: 'DHL', trackingNumber: '1' });
    await markSent();
    await erase();
    const amount = { amount: 100, currency: 'EUR' };
    await under.hear('payment.refunded', { orderId: id, refundId: newId(), amount });
    expect(await under.published(id)).toEqual([]);
  });

  async function everythingAbout(id: string): Promise<string> {
    const { db } = database;
    const rows = [
      await db('orders').select().where({ id }),
      await db('idempotency_keys').select().where({ subject_id: id }),
      await db('outbox').select().where({ subject: id }),
    ];
    return JSON.stringify(rows);
  }
});

it('hands out all orders of a customer who asks, in parts', async () => {
  for (let i = 0; i < 21; i += 1) await under.place({ customerId });
  const exportId = newId();
  await under.hear('export.requested', { customerId, exportId });
  const parts = await under.published(customerId);
  expect(parts.map(({ payload }) => [payload.part, payload.parts, payload.data.orders.length])).toEqual([
    [1, 3, 10],
    [2, 3, 10],
    [3, 3, 1],
  ]);
  for (const { payload } of parts)
    expect(events['export.completed'].payload.validate(payload).error).toBeUndefined();
  expect(parts[0]!.payload).toMatchObject({ customerId, exportId, service: 'orders' });
  const stranger = newId();
  await under.hear('export.requested', { customerId: stranger, exportId });
  expect((await under.published(stranger))[0]!.payload).toMatchObject({ parts: 1, data: { orders: [] } });
});

it('hands out the longest orders in parts that an event can hold', async () => {
  const { quote } = (await under.place({ customerId })).body;
  const skus = Array.from({ length: 50 }, (_, i) => `LONG-${'X'.repeat(30)}-${i}`);
  const names = JSON.stringify(Object.fromEntries(skus.map((sku) => [sku, '茶'.repeat(120)])));
  const long = JSON.stringify({ ...quote, lines: skus.map((sku) => ({ ...quote.lines[0], sku })) });
  for (let i = 1; i < 20; i += 1) await under.place({ customerId });
  await database.db('orders').where({ customer_id: customerId }).update({ names, quote: long });
  await under.hear('export.requested', { customerId, exportId: newId() });
  const parts = await under.published(customerId);
  expect(parts.flatMap(({ payload }) => payload.data.orders)).toHaveLength(20);
  for (const part of parts) expect(Buffer.byteLength(JSON.stringify(part))).toBeLessThan(500_000);
});
