import { newId } from '@souk/kit/identifier';
import { Refusal } from '@souk/kit/problem';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestDatabase } from '../../../test/support/database.ts';
import { asCustomer, asStaff } from '../../../test/support/tokens.ts';
import { delivery, quote } from './neighbours-fake.ts';
import {
  type Headers,
  type OrdersUnderTest,
  openOrdersDatabase,
  ordersUnderTest,
} from './orders-under-test.ts';

let database: TestDatabase;
let under: OrdersUnderTest;
let staff: Headers;
const staffId = newId();

beforeAll(async () => {
  database = await openOrdersDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  under = await ordersUnderTest(database);
  staff = await asStaff(['support'], staffId);
});

const eur = (amount: number) => ({ amount, currency: 'EUR' });
const audit = (entityId: string) =>
  database
    .db('audit_log')
    .select('action', 'actor', 'change_before', 'change_after')
    .where({ entity_id: entityId });

async function captured(): Promise<string> {
  const { id } = (await under.place()).body;
  await under.hear('payment.captured', { orderId: id, amount: quote.total });
  return id;
}
const refund = (orderId: string, amount?: number, headers: Headers = {}) =>
  under.send('post', '/admin/refunds', {
    headers: { ...staff, ...under.key(), ...headers },
    body: { orderId, ...(amount !== undefined && { amount: eur(amount) }) },
  });
const refundsOf = async (orderId: string) =>
  (await under.send('get', `/admin/refunds?orderId=${orderId}&limit=100`, { headers: staff })).body.items;

describe('staff look at orders', () => {
  it('newest first, by state, number or mail', async () => {
    const first = (await under.place()).body;
    const second = (await under.place({ token: 'tok_3ds' })).body;
    const list = async (query: string) =>
      (await under.send('get', `/admin/orders${query}`, { headers: staff })).body.items;
    expect((await list('?limit=2')).map(({ id }: { id: string }) => id)).toEqual([second.id, first.id]);
    expect((await list(`?q=${first.number}`)).map(({ id }: { id: string }) => id)).toEqual([first.id]);
    expect((await list('?state=requires-action'))[0]).toMatchObject({ id: second.id, number: null });
    const [byMail] = await list(`?q=${encodeURIComponent(delivery.email)}&limit=1`);
    expect(byMail).toMatchObject({ id: second.id, email: delivery.email, customerId: null });
    expect(await list('?q=ann@example')).toEqual([]);
  });

  it('one with its history and refunds', async () => {
    const id = await captured();
    await refund(id, 100);
    const { body } = await under.send('get', `/admin/orders/${id}`, { headers: staff });
    expect(body).toMatchObject({ id, refunds: [{ amount: eur(100), state: 'refunded' }] });
    expect(body.history).toHaveLength(2);
    const missing = await under.send('get', `/admin/orders/${newId()}`, { headers: staff });
    expect(missing.status).toBe(404);
  });

  it('only with the permission for it', async () => {
    const id = await captured();
    const asked = (headers: Headers) =>
      Promise.all([
        under.send('get', '/admin/orders', { headers }),
        under.send('get', `/admin/orders/${id}`, { headers }),
        under.send('post', `/admin/orders/${id}/cancellation`, { headers: { ...under.key(), ...headers } }),
        refund(id, 1, headers),
        under.send('get', '/admin/orders/dead-events', { headers }),
        under.send('get', '/admin/orders/audit', { headers }),
      ]);
    const statuses = async (headers: Headers) => (await asked(headers)).map(({ status }) => status);
    expect(await statuses(await asStaff(['catalogue']))).toEqual([403, 403, 403, 403, 403, 403]);
    expect(await statuses(await asStaff(['warehouse']))).toEqual([200, 200, 403, 403, 403, 403]);
    expect(await statuses(await asCustomer())).toEqual([403, 403, 403, 403, 403, 403]);
    expect(await statuses(await asStaff(['owner']))).toEqual([200, 200, 200, 201, 200, 200]);
  });
});

describe('staff cancel', () => {
  it('an order the same way as its buyer, with a row in the audit log', async () => {
    const { id, number } = (await under.place()).body;
    const headers = { ...staff, ...under.key() };
    const cancel = () => under.send('post', `/admin/orders/${id}/cancellation`, { headers });
    const cancelled = await cancel();
    expect([cancelled.status, cancelled.body]).toEqual([200, { id, number, state: 'cancelled' }]);
    expect((await cancel()).body).toEqual(cancelled.body);
    expect((await under.read(id)).cancellation).toEqual({ reason: 'staff' });
    expect(await audit(id)).toEqual([
      {
        action: 'order.cancellation-requested',
        actor: staffId,
        change_before: '{"state":"confirmed"}',
        change_after: '{"state":"confirmed","reason":"staff"}',
      },
    ]);
  });

  it('nothing that is on its way', async () => {
    const { id } = (await under.place()).body;
    under.world.shipments.set(id, 'dispatched');
    const headers = { ...staff, ...under.key() };
    for (let i = 0; i < 2; i += 1) {
      const refused = await under.send('post', `/admin/orders/${id}/cancellation`, { headers });
      expect([refused.status, refused.body.code]).toEqual([409, 'already-dispatched']);
    }
  });
});

describe('staff give money back', () => {
  it('a part, then all that is left, and no more', async () => {
    const id = await captured();
    const part = await refund(id, 490);
    expect([part.status, part.body]).toMatchObject([
      201,
      { orderId: id, amount: eur(490), state: 'refunded' },
    ]);
    const rest = await refund(id);
    expect([rest.status, rest.body.amount]).toEqual([201, eur(1000)]);
    for (const amount of [1, undefined]) {
      const more = await refund(id, amount);
      expect([more.status, more.body.code, more.body.refundable]).toEqual([409, 'refund-too-high', eur(0)]);
    }
    expect(await audit(id)).toHaveLength(2);
    expect((await audit(id))[0]).toMatchObject({ action: 'refund.requested', actor: staffId });
  });

  it('only what was captured, in the currency of the order, and a positive amount', async () => {
    const { id } = (await under.place()).body;
    const early = await refund(id, 100);
    expect([early.status, early.body.code]).toEqual([409, 'not-refundable']);
    const other = await captured();
    const wrong = [
      { amount: 0, currency: 'EUR' },
      { amount: 1, currency: 'USD' },
    ];
    for (const amount of wrong) {
      const refused = await under.send('post', '/admin/refunds', {
        headers: { ...staff, ...under.key() },
        body: { orderId: other, amount },
      });
      expect([refused.status, refused.body.code]).toEqual([409, 'refund-too-high']);
    }
    expect((await refund(newId(), 1)).status).toBe(404);
    const keyless = await under.send('post', '/admin/refunds', { headers: staff, body: { orderId: other } });
    expect([keyless.status, keyless.body.code]).toEqual([400, 'idempotency-key-required']);
  });

  it('once for each key', async () => {
    const id = await captured();
    const key = under.key();
    const answers = [await refund(id, 100, key), await refund(id, 100, key)];
    expect(answers[1]!.body).toEqual(answers[0]!.body);
    expect(await refundsOf(id)).toHaveLength(1);
    expect((await refund(id, 200, key)).body.code).toBe('idempotency-key-reused');
  });

  it('never more than was captured, however many try at once', async () => {
    const id = await captured();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => refund(id, i % 2 ? 100 : undefined)),
    );
    const given = answers.filter(({ status }) => status === 201);
    for (const { status, body } of answers.filter((answer) => answer.status !== 201))
      expect([status, body.code]).toEqual([409, 'refund-too-high']);
    const sum = given.reduce((total, { body }) => total + body.amount.amount, 0);
    expect(sum).toBe(1490);
    const atPayments = [...under.world.refunds.values()].filter(({ orderId }) => orderId === id);
    expect(atPayments.reduce((total, { amount }) => total + amount, 0)).toBe(1490);
  });

  it('as payments decides: what it refuses has failed and is free again', async () => {
    const id = await captured();
    under.world.refunds.set(newId(), { orderId: id, amount: 1000, state: 'refunded' });
    const key = under.key();
    for (let i = 0; i < 2; i += 1) {
      const refused = await refund(id, 1490, key);
      expect([refused.status, refused.body.code]).toEqual([409, 'refund-too-high']);
    }
    expect(await refundsOf(id)).toMatchObject([{ state: 'failed', reason: 'refund-too-high' }]);
    expect((await refund(id, 490)).status).toBe(201);
  });

  it.each(['before payments was asked', 'before its answer came'])(
    'also if the process died %s: the sweeper finishes it',
    async (when) => {
      const id = await captured();
      under.world.before = async ({ app, path }) => {
        if (app !== 'payments') return;
        if (when.includes('answer'))
          under.world.refunds.set(path.split('/').at(-1)!, { orderId: id, amount: 300, state: 'refunded' });
        throw new TypeError('planted: the process dies here');
      };
      expect((await refund(id, 300)).status).toBe(500);
      under.world.before = async () => {};
      expect(await refundsOf(id)).toMatchObject([{ state: 'pending' }]);
      under.clock.ms = 6_000;
      await under.sweep();
      expect(await refundsOf(id)).toMatchObject([{ state: 'refunded', amount: eur(300) }]);
      expect([...under.world.refunds.values()].filter(({ orderId }) => orderId === id)).toHaveLength(1);
    },
  );

  it('later, if payments is away or does not know yet', async () => {
    const id = await captured();
    under.world.before = async ({ app }) => {
      if (app === 'payments') throw new Refusal('unavailable');
    };
    const pending = await refund(id, 300);
    expect([pending.status, pending.body.state]).toEqual([201, 'pending']);
    expect((await refund(id, 1_200)).body.code).toBe('refund-too-high');
    under.world.before = async () => {};
    await under.hear('payment.refunded', { orderId: id, refundId: pending.body.id, amount: eur(300) });
    expect(await refundsOf(id)).toMatchObject([{ state: 'refunded' }]);
  });
});
