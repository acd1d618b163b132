/** A shipment's life over HTTP and real MariaDB: opened by its order, sent or stopped once, seen by staff. */
import { newId } from '@souk/kit/identifier';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sidecarHeaders } from '../../../test/support/service-under-test.ts';
import { asCustomer, asStaff } from '../../../test/support/tokens.ts';
import { address, openShipping, tracking } from './shipping-under-test.ts';

let shop: Awaited<ReturnType<typeof openShipping>>;
beforeAll(async () => {
  shop = await openShipping();
});
afterAll(async () => {
  await shop.close();
});

async function opened(customerId: string | null = null): Promise<string> {
  const orderId = newId();
  expect((await shop.open(orderId, customerId)).status).toBe(200);
  return orderId;
}
const stateOf = async (orderId: string) => (await shop.get(`/admin/shipments/${orderId}`)).body.state;

describe('a confirmed order', () => {
  it('gets a shipment with all that is needed to pack and send it', async () => {
    const orderId = await opened();
    const { status, body } = await shop.get(`/admin/shipments/${orderId}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...{ orderId, state: 'open', method: 'standard', address, trackingUrl: null },
      lines: [{ sku: 'MUG-BLUE', quantity: 2, name: 'Blue mug' }],
    });
  });
  it('gets one shipment, however often its event comes, in one statement', async () => {
    const orderId = newId();
    const statements: string[] = [];
    const note = ({ sql }: { sql: string }) => statements.push(sql);
    shop.db.on('query', note);
    await shop.open(orderId);
    shop.db.removeListener('query', note);
    expect(statements).toHaveLength(1);
    const again = await Promise.all(Array.from({ length: 5 }, () => shop.open(orderId)));
    expect(again.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(await shop.db('shipments').where({ order_id: orderId })).toHaveLength(1);
  });
  it('of which half is missing is refused, so that it is not lost', async () => {
    const data = {
      ...{ id: newId(), type: 'order.confirmed', at: new Date().toISOString(), subject: 's', version: 1 },
      payload: { orderId: newId() },
    };
    const sent = supertest(shop.app).post('/events/order.confirmed').set(sidecarHeaders());
    expect((await sent.send({ data })).status).toBe(500);
  });
});

describe('a cancellation', () => {
  it('stops an open shipment, however often it is asked for', async () => {
    const orderId = await opened();
    for (let round = 0; round < 2; round += 1) {
      const { status, body } = await shop.cancel(orderId);
      expect([status, body]).toEqual([200, { state: 'cancelled' }]);
    }
    const refused = await shop.dispatch(orderId);
    expect([refused.status, refused.body.code]).toEqual([409, 'shipment-cancelled']);
    expect((await shop.arrive(orderId)).body.code).toBe('shipment-cancelled');
    expect(await shop.eventsOf(orderId)).toEqual([]);
  });
  it('before the event leaves a tombstone that the event finds', async () => {
    const orderId = newId();
    expect((await shop.cancel(orderId)).status).toBe(200);
    expect((await shop.open(orderId)).status).toBe(200);
    const { body } = await shop.get(`/admin/shipments/${orderId}`);
    expect(body).toMatchObject({ state: 'cancelled', address: null, lines: [] });
  });
  it('comes too late once the shipment has left', async () => {
    const orderId = await opened();
    await shop.dispatch(orderId);
    const { status, body } = await shop.cancel(orderId);
    expect([status, body.code]).toEqual([409, 'already-dispatched']);
    await shop.arrive(orderId);
    expect((await shop.cancel(orderId)).status).toBe(409);
  });
  it('is for orders only', async () => {
    const path = `/internal/shipment-cancellations/${newId()}`;
    expect((await supertest(shop.app).put(path)).status).toBe(401);
    expect((await supertest(shop.app).put(path).set(sidecarHeaders('cart'))).status).toBe(403);
  });
});

describe('a dispatch', () => {
  it('tells the others once, and can be repeated with the same number', async () => {
    const orderId = await opened();
    const key = newId();
    const answers = [
      await shop.dispatch(orderId, tracking, key),
      await shop.dispatch(orderId, tracking, key),
      await shop.dispatch(orderId),
    ];
    for (const { status, body } of answers) expect([status, body]).toEqual([200, answers[0]!.body]);
    expect(answers[0]!.body).toMatchObject({ state: 'dispatched', ...tracking });
    expect(answers[0]!.body.trackingUrl).toContain(tracking.trackingNumber);
    expect(await shop.eventsOf(orderId)).toEqual([{ topic: 'shipment.dispatched', orderId, ...tracking }]);
    const { body } = await shop.get(`/admin/shipping/audit?entityId=${orderId}`, ['owner']);
    expect(body.items).toMatchObject([{ action: 'shipment.dispatched', after: tracking }]);
  });
  it('by ten hands at once under different numbers is one', async () => {
    const orderId = await opened();
    const tries = Array.from({ length: 10 }, (_, i) =>
      shop.dispatch(orderId, { carrier: 'ups', trackingNumber: `1Z-${1_000 + i}` }),
    );
    const statuses = (await Promise.all(tries)).map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array.from({ length: 9 }, () => 409)]);
    expect(await shop.eventsOf(orderId)).toHaveLength(1);
  });
  it('under another number is refused', async () => {
    const orderId = await opened();
    await shop.dispatch(orderId);
    const { status, body } = await shop.dispatch(orderId, { ...tracking, trackingNumber: 'OTHER-1' });
    expect([status, body.code]).toEqual([409, 'already-dispatched']);
  });
  it.each([
    ['an unknown carrier', { ...tracking, carrier: 'pigeon' }],
    ['no number', { carrier: 'dhl' }],
    ['a number with a blank', { ...tracking, trackingNumber: '12 34' }],
    ['an unknown member', { ...tracking, extra: 1 }],
  ])('with %s is refused', async (_name, body) => {
    expect((await shop.dispatch(newId(), body)).status).toBe(400);
  });
  it('needs a key, and a shipment', async () => {
    const path = `/admin/shipments/${newId()}/dispatch`;
    const keyless = await supertest(shop.app)
      .post(path)
      .set(await asStaff())
      .send(tracking);
    expect([keyless.status, keyless.body.code]).toEqual([400, 'idempotency-key-required']);
    expect((await shop.dispatch(newId())).status).toBe(404);
  });
});

describe('a delivery', () => {
  it('follows a dispatch, and is told once', async () => {
    const orderId = await opened();
    const early = await shop.arrive(orderId);
    expect([early.status, early.body.code]).toEqual([409, 'not-dispatched']);
    await shop.dispatch(orderId);
    await shop.arrive(orderId);
    const { status, body } = await shop.arrive(orderId);
    expect([status, body.state]).toEqual([200, 'delivered']);
    const topics = (await shop.eventsOf(orderId)).map(({ topic }) => topic);
    expect(topics).toEqual(['shipment.dispatched', 'shipment.delivered']);
    expect((await shop.dispatch(orderId)).body.state).toBe('delivered');
    expect((await shop.arrive(newId())).status).toBe(404);
  });
});

describe('staff', () => {
  it('see what is open, the oldest order first, page by page', async () => {
    const mine: string[] = [];
    for (let i = 0; i < 5; i += 1) mine.push(await opened());
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await shop.get(`/admin/shipments?limit=2${cursor ? `&cursor=${cursor}` : ''}`);
      seen.push(...page.body.items.map((item: { orderId: string }) => item.orderId));
      cursor = page.body.nextCursor;
    } while (cursor);
    expect(seen.filter((id) => mine.includes(id))).toEqual([...mine].sort());
    expect(seen).toEqual([...new Set(seen)].sort());
    const { body } = await shop.get('/admin/shipments?state=delivered&limit=100');
    expect(new Set(body.items.map((item: { state: string }) => item.state))).toEqual(new Set(['delivered']));
    expect(JSON.stringify(body)).not.toContain(address.name);
  });
  it('need the permission, and customers are not staff', async () => {
    const orderId = await opened();
    const path = `/admin/shipments/${orderId}`;
    expect((await shop.get(path, ['support'])).status).toBe(200);
    expect((await shop.get(path, ['catalogue'])).status).toBe(403);
    expect((await supertest(shop.app).get(path)).status).toBe(401);
    const asBuyer = await supertest(shop.app)
      .get(path)
      .set(await asCustomer());
    expect(asBuyer.status).toBe(403);
    const support = { ...(await asStaff(['support'])), 'idempotency-key': newId() };
    const dispatched = await supertest(shop.app).post(`${path}/dispatch`).set(support).send(tracking);
    expect(dispatched.status).toBe(403);
    expect(await stateOf(orderId)).toBe('open');
  });
});
