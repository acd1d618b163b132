// Payments over HTTP and real MariaDB: authorise, void, refund, and what races between them.
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sidecarHeaders } from '../../../test/support/service-under-test.ts';
import { capturePayment } from '../src/capture-payment.ts';
import { newOrderId, openPayments } from './payments-under-test.ts';

let shop: Awaited<ReturnType<typeof openPayments>>;
beforeAll(async () => {
  shop = await openPayments();
});
afterAll(async () => {
  await shop.close();
});

async function statementsOf(work: () => Promise<unknown>): Promise<number> {
  const seen: string[] = [];
  const note = ({ sql }: { sql: string }) => seen.push(sql);
  shop.db.on('query', note);
  await work();
  shop.db.removeListener('query', note);
  return seen.length;
}

describe('authorising', () => {
  it.each([
    ['tok_ok', { state: 'authorised' }],
    ['tok_declined', { state: 'declined', reason: 'insufficient_funds' }],
    ['tok_3ds', { state: 'requires-action', action: { url: 'http://psp.test/3ds' } }],
    ['tok_timeout', { state: 'pending' }],
  ])('%s is answered as it is, and no event repeats it', async (token, expected) => {
    const orderId = newOrderId();
    const { status, body } = await shop.authorise(orderId, token);
    expect([status, body]).toEqual([200, expected]);
    expect(await shop.eventsOf(orderId)).toEqual([]);
  });
  it('takes at most six statements', async () => {
    await shop.authorise(newOrderId());
    expect(await statementsOf(() => shop.authorise(newOrderId()))).toBeLessThanOrEqual(6);
  });
  it('fifty times at once holds the money once', async () => {
    const orderId = newOrderId();
    const answers = await Promise.all(Array.from({ length: 50 }, () => shop.authorise(orderId)));
    expect(new Set(answers.map(({ body }) => body.state))).toEqual(new Set(['authorised']));
    expect(shop.fake.movementsOf(orderId)).toEqual(['authorise']);
    expect(await shop.accountsOf(orderId)).toEqual({ holds: 1_999, 'open-orders': -1_999 });
  });
  it('again after a timeout answers what the provider did', async () => {
    const orderId = newOrderId();
    await shop.authorise(orderId, 'tok_timeout');
    expect((await shop.authorise(orderId, 'tok_timeout')).body).toEqual({ state: 'authorised' });
  });
  it('of another amount for the same order is refused', async () => {
    const orderId = newOrderId();
    await shop.authorise(orderId);
    const { status, body } = await shop.authorise(orderId, 'tok_ok', { amount: 1 });
    expect([status, body.code]).toEqual([422, 'idempotency-key-reused']);
  });
  it.each([
    ['a fraction', { amount: 1.5 }],
    ['nothing', { amount: 0 }],
    ['too much', { amount: 1e15 }],
    ['a foreign currency', { currency: 'XXX' }],
    ['an unknown member', { extra: 1 }],
  ])('%s is refused', async (_name, more) => {
    expect((await shop.authorise(newOrderId(), 'tok_ok', more)).status).toBe(400);
  });
  it('is for orders only', async () => {
    const path = `/internal/payments/${newOrderId()}`;
    expect((await supertest(shop.app).get(path)).status).toBe(401);
    expect((await supertest(shop.app).get(path).set(sidecarHeaders('cart'))).status).toBe(403);
    expect((await shop.read(newOrderId())).status).toBe(404);
  });
});

describe('a void', () => {
  it('gives the money back, and closes the order to a late authorisation', async () => {
    const orderId = newOrderId();
    await shop.authorise(orderId);
    expect((await shop.void(orderId)).body).toEqual({ state: 'voided' });
    expect((await shop.void(orderId)).body).toEqual({ state: 'voided' });
    const { status, body } = await shop.authorise(orderId);
    expect([status, body.code]).toEqual([409, 'order-closed']);
    expect(shop.fake.movementsOf(orderId)).toEqual(['authorise', 'void']);
    expect(await shop.accountsOf(orderId)).toEqual({});
  });
  it('before there is a payment leaves a tombstone', async () => {
    const orderId = newOrderId();
    expect((await shop.void(orderId)).body).toEqual({ state: 'voided' });
    expect((await shop.authorise(orderId)).body.code).toBe('order-closed');
    expect(shop.fake.movementsOf(orderId)).toEqual([]);
    expect((await shop.read(orderId)).body).toMatchObject({ state: 'voided', authorised: 0 });
  });
  it('of a declined payment has nothing to do', async () => {
    const orderId = newOrderId();
    await shop.authorise(orderId, 'tok_declined');
    expect((await shop.void(orderId)).body).toEqual({ state: 'voided' });
  });
  it('of an unanswered challenge ends it', async () => {
    const orderId = newOrderId();
    await shop.authorise(orderId, 'tok_3ds');
    expect((await shop.void(orderId)).body).toEqual({ state: 'voided' });
  });
  it('while the provider is at work makes whoever brings the answer void', async () => {
    const orderId = newOrderId();
    const gate = Promise.withResolvers<void>();
    shop.fake.state.held = gate.promise;
    const authorising = shop.authorise(orderId);
    await expect.poll(() => shop.fake.movementsOf(orderId)).toEqual(['authorise']);
    expect((await shop.void(orderId)).body).toEqual({ state: 'void-requested' });
    gate.resolve();
    expect((await authorising).body.code).toBe('order-closed');
    expect(shop.fake.movementsOf(orderId)).toEqual(['authorise', 'void']);
    expect((await shop.read(orderId)).body).toMatchObject({ state: 'voided', voidRequested: true });
    expect(await shop.eventsOf(orderId)).toEqual([]);
  });
  it('and authorisations all at once leave nothing held', async () => {
    const orderId = newOrderId();
    const many = Array.from({ length: 20 }, (_, i) => (i % 2 ? shop.void(orderId) : shop.authorise(orderId)));
    await Promise.all(many);
    await shop.void(orderId);
    const moved = shop.fake.movementsOf(orderId);
    expect([[], ['authorise', 'void']]).toContainEqual(moved);
    expect(await shop.accountsOf(orderId)).toEqual({});
  });
});

describe('capture and refund', () => {
  async function captured() {
    const orderId = newOrderId();
    await shop.authorise(orderId);
    await capturePayment(shop.deps, orderId);
    return orderId;
  }
  it('a dispatched order is paid once, however often it is told', async () => {
    const orderId = newOrderId();
    await shop.authorise(orderId);
    await Promise.all(Array.from({ length: 5 }, () => capturePayment(shop.deps, orderId)));
    expect(shop.fake.movementsOf(orderId)).toEqual(['authorise', 'capture']);
    expect(await shop.accountsOf(orderId)).toEqual({ receivable: 1_999, sales: -1_999 });
    expect(await shop.eventsOf(orderId)).toEqual([
      { topic: 'payment.captured', orderId, amount: { amount: 1_999, currency: 'EUR' } },
    ]);
    const refusal = await shop.void(orderId);
    expect([refusal.status, refusal.body.code]).toEqual([409, 'already-dispatched']);
  });
  it('a refund moves its money once by its id', async () => {
    const orderId = await captured();
    const refundId = newOrderId();
    const body = { orderId, amount: 999, currency: 'EUR' };
    const answers = await Promise.all(Array.from({ length: 10 }, () => shop.refund(refundId, body)));
    expect(new Set(answers.map((answer) => answer.body.state))).toEqual(new Set(['refunded']));
    expect(shop.fake.movementsOf(orderId)).toEqual(['authorise', 'capture', 'refund']);
    expect(await shop.accountsOf(orderId)).toEqual({ receivable: 1_000, sales: -1_000 });
    expect((await shop.eventsOf(orderId)).at(-1)).toEqual({
      ...{ topic: 'payment.refunded', orderId, refundId, amount: { amount: 999, currency: 'EUR' } },
    });
    expect((await shop.refund(refundId, { ...body, amount: 1 })).status).toBe(422);
  });
  it('the whole amount asked for ten times at once under one id is one refund', async () => {
    const orderId = await captured();
    const refundId = newOrderId();
    const body = { orderId, amount: 1_999, currency: 'EUR' };
    const answers = await Promise.all(Array.from({ length: 10 }, () => shop.refund(refundId, body)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });
  it('refunds of one order at once never exceed the capture', async () => {
    const orderId = await captured();
    const body = { orderId, amount: 700, currency: 'EUR' };
    const answers = await Promise.all(Array.from({ length: 6 }, () => shop.refund(newOrderId(), body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 409, 409, 409, 409]);
    expect((await shop.read(orderId)).body).toMatchObject({ captured: 1_999, refunded: 1_400 });
  });
  it('a refund of what was never captured, or never ordered, is refused', async () => {
    const orderId = newOrderId();
    await shop.authorise(orderId);
    const body = { orderId, amount: 1, currency: 'EUR' };
    expect((await shop.refund(newOrderId(), body)).body.code).toBe('refund-too-high');
    expect((await shop.refund(newOrderId(), { ...body, orderId: newOrderId() })).status).toBe(404);
  });
});

describe('the public routes', () => {
  it('list how to pay', async () => {
    const { body } = shop.check(await supertest(shop.app).get('/payment-methods'));
    expect(body.items[0]).toMatchObject({ method: 'card', currencies: ['EUR', 'USD'] });
  });
  it.each([
    ['/payments/webhooks/simulator', 'wrong', '{}', 401],
    ['/payments/webhooks/stranger', 'genuine', '{}', 404],
  ])('POST %s signed %s with %s is a problem %i', async (path, given, text, status) => {
    const answer = await supertest(shop.app).post(path).set('psp-signature', given).type('json').send(text);
    expect([answer.status, answer.type]).toEqual([status, 'application/problem+json']);
  });
});
