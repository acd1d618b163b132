// What follows a dispatch, as the event comes and as staff see it; and that nothing personal stays.
import { type EventType, events } from '@souk/contracts/events';
import type { Role } from '@souk/contracts/permissions';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { sidecarHeaders } from '../../../test/support/service-under-test.ts';
import { asStaff } from '../../../test/support/tokens.ts';
import { valuesOf } from '../src/service.ts';
import { newOrderId, openPayments } from './payments-under-test.ts';

let shop: Awaited<ReturnType<typeof openPayments>>;
beforeAll(async () => {
  shop = await openPayments();
});
afterAll(async () => {
  await shop.close();
});

async function hear(type: EventType, payload: Record<string, unknown>, id = newOrderId()) {
  expect(events[type].payload.validate(payload).error).toBeUndefined();
  const data = { id, type, at: new Date().toISOString(), subject: 's', version: 1, payload };
  return supertest(shop.app).post(`/events/${type}`).set(sidecarHeaders()).send({ id, type, data });
}
const dispatched = (orderId: string) =>
  hear('shipment.dispatched', { orderId, carrier: 'dhl', trackingNumber: 'JD014600003828' });
const staffGet = async (path: string, roles: Role[] = ['support']) =>
  shop.check(
    await supertest(shop.app)
      .get(path)
      .set(await asStaff(roles)),
  );

/** Every failed capture: seen by staff and alarmed. */
async function failing(): Promise<string> {
  const orderId = newOrderId();
  await shop.authorise(orderId);
  shop.fake.state.refuseCapture = true;
  expect((await dispatched(orderId)).status).toBe(200);
  return orderId;
}

describe('shipment.dispatched', () => {
  it('takes the money, once, however often it is heard', async () => {
    const orderId = newOrderId();
    await shop.authorise(orderId);
    const heard = await Promise.all(Array.from({ length: 5 }, () => dispatched(orderId)));
    expect(new Set(heard.map(({ status }) => status))).toEqual(new Set([200]));
    expect(shop.fake.movementsOf(orderId)).toEqual(['authorise', 'capture']);
    expect((await shop.eventsOf(orderId)).map(({ topic }) => topic)).toEqual(['payment.captured']);
  });
  it('of an order without money is not applied, and so not lost', async () => {
    const orderId = newOrderId();
    await shop.authorise(orderId, 'tok_declined');
    expect((await dispatched(orderId)).status).toBe(500);
    expect((await dispatched(newOrderId())).status).toBe(500);
  });
  it('when the provider refuses: an alarm each time, tried daily in the end, and told once when it works', async () => {
    const alarm = vi.spyOn(shop.deps.log, 'error');
    const orderId = await failing();
    const day = 24 * 3_600_000;
    for (let round = 0; round < 8; round += 1) await shop.sweep(day);
    const alarms = alarm.mock.calls.filter(
      ([name, data]) => name === 'payment.capture-failed' && data?.orderId === orderId,
    );
    expect(alarms).toHaveLength(9);
    alarm.mockRestore();
    expect(await shop.eventsOf(orderId)).toEqual([]);
    const { body } = await staffGet('/admin/payments?state=capture-failed&limit=100');
    expect(body.items).toContainEqual(expect.objectContaining({ orderId, reason: 'expired', attempts: 9 }));
    shop.fake.state.refuseCapture = false;
    await shop.sweep(day - 60_000);
    expect((await shop.read(orderId)).body.state).toBe('capture-failed');
    await shop.sweep(60_000);
    await shop.sweep(day);
    expect((await shop.read(orderId)).body.state).toBe('captured');
    expect((await shop.eventsOf(orderId)).map(({ topic }) => topic)).toEqual(['payment.captured']);
  });
  it('when the provider does not answer: asked again soon, and an alarm only if that goes on', async () => {
    const orderId = newOrderId();
    await shop.authorise(orderId);
    const alarm = vi.spyOn(shop.deps.log, 'error');
    shop.fake.state.down = true;
    expect((await dispatched(orderId)).status).toBe(200);
    await shop.sweep();
    expect([(await shop.read(orderId)).body.state, alarm.mock.calls]).toEqual(['capturing', []]);
    const other = newOrderId();
    shop.fake.state.down = false;
    await shop.authorise(other);
    await shop.sweep(10_000);
    expect((await shop.read(orderId)).body.state).toBe('captured');
    shop.fake.state.down = true;
    await dispatched(other);
    for (let round = 0; round < 7; round += 1) await shop.sweep(300_000);
    expect((await shop.read(other)).body).toMatchObject({ state: 'capture-failed', reason: 'timeout' });
    expect(alarm.mock.calls.map(([name]) => name)).toEqual(['payment.capture-failed']);
    shop.fake.state.down = false;
    await shop.sweep(60_000);
    expect((await shop.read(other)).body.state).toBe('captured');
    alarm.mockRestore();
  });
});

describe('staff', () => {
  it('see a payment with its refunds and its lines in the ledger', async () => {
    const orderId = newOrderId();
    await shop.authorise(orderId);
    await dispatched(orderId);
    const refundId = newOrderId();
    await shop.refund(refundId, { orderId, amount: 999, currency: 'EUR' });
    const { status, body } = await staffGet(`/admin/payments/${orderId}`);
    expect([status, body.state, body.refunded]).toEqual([200, 'captured', 999]);
    expect(body.refunds).toMatchObject([{ refundId, state: 'refunded' }]);
    const kinds = body.ledger.map(({ kind }: { kind: string }) => kind);
    expect(kinds).toEqual([...Array(2).fill('authorise'), ...Array(4).fill('capture'), 'refund', 'refund']);
    const sum = body.ledger.reduce((all: number, { amount }: { amount: number }) => all + amount, 0);
    expect(sum).toBe(0);
    expect((await staffGet(`/admin/payments/${newOrderId()}`)).status).toBe(404);
    expect((await staffGet(`/admin/payments/${orderId}`, ['catalogue'])).status).toBe(403);
    expect((await supertest(shop.app).get(`/admin/payments/${orderId}`)).status).toBe(401);
  });
  it('list payments in a state, page by page, the oldest order first', async () => {
    const mine = [];
    for (let i = 0; i < 3; i += 1) {
      mine.push(newOrderId());
      await shop.authorise(mine.at(-1)!, 'tok_3ds');
    }
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const more: string = cursor ? `&cursor=${cursor}` : '';
      const { body } = await staffGet(`/admin/payments?state=requires-action&limit=2${more}`);
      seen.push(...body.items.map(({ orderId }: { orderId: string }) => orderId));
      expect(JSON.stringify(body)).not.toContain('psp.test/3ds');
      cursor = body.nextCursor;
    } while (cursor);
    expect(seen).toEqual(expect.arrayContaining(mine));
    expect(seen).toEqual([...new Set(seen)].sort());
  });
  it('find what could not be applied', async () => {
    const { status, body } = await staffGet('/admin/payments/dead-events', ['owner']);
    expect([status, body.items]).toEqual([200, []]);
    expect((await staffGet('/admin/payments/audit', ['owner'])).status).toBe(200);
  });
});

describe('nothing personal', () => {
  it.each<[string, string, (orderId: string) => Promise<void>]>([
    ['tok_ok', 'authorised', async () => {}],
    ['tok_declined', 'declined', async () => {}],
    ['tok_ok', 'captured', async (orderId: string) => void (await dispatched(orderId))],
    ['tok_ok', 'voided', async (orderId: string) => void (await shop.void(orderId))],
    [
      'tok_3ds',
      'authorised late',
      async (orderId) => void (await shop.webhook(shop.fake.decide(orderId, 'authorised'))),
    ],
    ['tok_timeout', 'authorised by the sweeper', async () => void (await shop.sweep())],
    ['tok_lost', 'given up', async (orderId: string) => void (await giveUp(orderId))],
  ])('of %s stays in any table once it is %s', async (token, _end, then) => {
    const orderId = newOrderId();
    const returnUrl = `https://shop.example/back/${orderId}-ada`;
    await shop.authorise(orderId, token, { returnUrl });
    await then(orderId);
    const row = await shop.db('payments').where({ order_id: orderId }).first();
    expect([row.token, row.return_url, row.action_url]).toEqual([null, null, null]);
    for (const table of ['outbox', 'provider_events', 'dead_events', 'ledger_entries', 'refunds'])
      expect(JSON.stringify(await shop.db(table).select('*'))).not.toMatch(/-ada|tok_|psp\.test/);
  });
  it('is known under a customer: erasure and export are answered so, once for each event', async () => {
    const customerId = newOrderId();
    const exportId = newOrderId();
    const ids = [newOrderId(), newOrderId()];
    for (let times = 0; times < 2; times += 1) {
      await hear('customer.erased', { customerId, round: 3 }, ids[0]);
      await hear('export.requested', { customerId, exportId }, ids[1]);
    }
    const answers = await shop.eventsOf(customerId);
    for (const { topic, ...payload } of answers)
      expect(events[topic as EventType].payload.validate(payload).error).toBeUndefined();
    expect(answers).toMatchObject([
      { topic: 'erasure.completed', service: 'payments', round: 3, openCount: 0 },
      { topic: 'export.completed', service: 'payments', exportId, part: 1, parts: 1 },
    ]);
    const columns = await shop
      .db('information_schema.columns')
      .select('table_name')
      .where({ table_schema: shop.db.client.config.connection.database })
      .whereRaw("column_name REGEXP 'customer|email|address|^name$'");
    expect(columns).toEqual([]);
  });
});

/** The request never came to the provider, and is not wanted any more. */
async function giveUp(orderId: string): Promise<void> {
  await shop.void(orderId);
  await shop.sweep(40_000);
}

it('a secret may hold its next value beside the one before', () => {
  expect(valuesOf('new, old')).toEqual(['new', 'old']);
  expect(valuesOf('one')).toEqual(['one']);
  expect(valuesOf(undefined)).toEqual([]);
});
