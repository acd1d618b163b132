// What nobody waited for: webhooks, the sweeper, and the provider's late changes of mind.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { capturePayment } from '../src/capture-payment.ts';
import { newOrderId, openPayments } from './payments-under-test.ts';

let shop: Awaited<ReturnType<typeof openPayments>>;
beforeAll(async () => {
  shop = await openPayments();
});
beforeEach(() => {
  Object.assign(shop.fake.state, { down: false, lost: true, refuseCapture: false });
});
afterAll(async () => {
  await shop.close();
});

const amount = { amount: 1_999, currency: 'EUR' };
const stateOf = async (orderId: string) => (await shop.read(orderId)).body.state;

describe('a webhook', () => {
  it('brings a late success, once, in whatever number and order it comes', async () => {
    const orderId = newOrderId();
    await shop.authorise(orderId, 'tok_late');
    const event = shop.fake.decide(orderId, 'authorised');
    const answers = await Promise.all([event, event, event].map((copy) => shop.webhook(copy)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    await shop.webhook({ ...event, id: 'evt_another_id' });
    expect(await shop.eventsOf(orderId)).toEqual([{ topic: 'payment.authorised', orderId, amount }]);
    expect(await shop.accountsOf(orderId)).toEqual({ holds: 1_999, 'open-orders': -1_999 });
  });
  it("brings the buyer's refusal of a challenge", async () => {
    const orderId = newOrderId();
    await shop.authorise(orderId, 'tok_3ds');
    await shop.webhook(shop.fake.decide(orderId, 'declined'));
    expect(await shop.eventsOf(orderId)).toEqual([{ topic: 'payment.declined', orderId, amount }]);
  });
  it('of a success after the order ended is given back', async () => {
    const orderId = newOrderId();
    await shop.authorise(orderId, 'tok_late');
    expect((await shop.void(orderId)).body).toEqual({ state: 'void-requested' });
    await shop.webhook(shop.fake.decide(orderId, 'authorised'));
    expect(shop.fake.movementsOf(orderId)).toEqual(['authorise', 'void']);
    expect(await stateOf(orderId)).toBe('voided');
    expect(await shop.eventsOf(orderId)).toEqual([]);
  });
  it('of a success that comes after everybody had given up is given back', async () => {
    const orderId = newOrderId();
    await shop.authorise(orderId, 'tok_late');
    const success = shop.fake.decide(orderId, 'authorised');
    await shop.db('payments').where({ order_id: orderId }).update({ state: 'voided', void_requested: 1 });
    await shop.webhook(success);
    expect(shop.fake.movementsOf(orderId)).toEqual(['authorise', 'void']);
    expect(await shop.accountsOf(orderId)).toEqual({});
  });
  it('about a void, coming before our own answer, is no harm', async () => {
    const orderId = newOrderId();
    await shop.authorise(orderId);
    const authorised = shop.fake.eventOf(orderId);
    await shop.void(orderId);
    await shop.webhook(shop.fake.eventOf(orderId));
    await shop.webhook(authorised);
    expect(await stateOf(orderId)).toBe('voided');
    expect(shop.fake.movementsOf(orderId)).toEqual(['authorise', 'void']);
  });
  it('about a payment that we do not know yet is kept, and applied when we do', async () => {
    const orderId = newOrderId();
    await shop.authorise(orderId, 'tok_late');
    await shop.db('payments').where({ order_id: orderId }).delete();
    const event = shop.fake.decide(orderId, 'authorised');
    expect((await shop.webhook(event)).status).toBe(200);
    shop.fake.state.down = true;
    await shop.authorise(orderId, 'tok_late');
    await shop.sweep();
    expect(await stateOf(orderId)).toBe('authorised');
    const note = await shop.db('provider_events').select('state').where({ event_id: event.id }).first();
    expect(note.state).toBe('done');
  });
});

describe('the sweeper', () => {
  it('finds the success of a request that had no answer', async () => {
    const orderId = newOrderId();
    await shop.authorise(orderId, 'tok_timeout');
    await shop.sweep(4_000);
    expect(await stateOf(orderId)).toBe('pending');
    await shop.sweep(2_000);
    expect(await shop.eventsOf(orderId)).toEqual([{ topic: 'payment.authorised', orderId, amount }]);
  });
  it('asks again what never reached the provider', async () => {
    const orderId = newOrderId();
    await shop.authorise(orderId, 'tok_lost');
    shop.fake.state.lost = false;
    await shop.sweep();
    expect(shop.fake.movementsOf(orderId)).toEqual(['authorise']);
    expect(await stateOf(orderId)).toBe('authorised');
  });
  it('gives a request up that never reached the provider and is not wanted, but not too early', async () => {
    const orderId = newOrderId();
    await shop.authorise(orderId, 'tok_lost');
    await shop.void(orderId);
    await shop.sweep();
    expect(await stateOf(orderId)).toBe('pending');
    await shop.sweep(40_000);
    expect(await stateOf(orderId)).toBe('voided');
    expect(shop.fake.movementsOf(orderId)).toEqual([]);
  });
  it('voids what was authorised for an order that had ended', async () => {
    const orderId = newOrderId();
    await shop.authorise(orderId, 'tok_timeout');
    await shop.void(orderId);
    await shop.sweep();
    expect(shop.fake.movementsOf(orderId)).toEqual(['authorise', 'void']);
  });
  it('finishes a void that the provider did not answer', async () => {
    const orderId = newOrderId();
    await shop.authorise(orderId);
    shop.fake.state.down = true;
    expect((await shop.void(orderId)).body).toEqual({ state: 'void-requested' });
    await shop.sweep();
    shop.fake.state.down = false;
    await shop.sweep(60_000);
    expect(await stateOf(orderId)).toBe('voided');
    expect(await shop.accountsOf(orderId)).toEqual({});
  });
  it('tries a failed capture again', async () => {
    const orderId = newOrderId();
    await shop.authorise(orderId);
    shop.fake.state.refuseCapture = true;
    await capturePayment(shop.deps, orderId);
    expect((await shop.read(orderId)).body).toMatchObject({ state: 'capture-failed', reason: 'expired' });
    shop.fake.state.refuseCapture = false;
    await shop.sweep(61_000);
    expect(await stateOf(orderId)).toBe('captured');
  });
  it('finishes a refund that the provider did not answer, once', async () => {
    const orderId = newOrderId();
    const refundId = newOrderId();
    await shop.authorise(orderId);
    await capturePayment(shop.deps, orderId);
    shop.fake.state.down = true;
    const { body } = await shop.refund(refundId, { orderId, ...amount });
    expect(body.state).toBe('pending');
    shop.fake.state.down = false;
    await shop.sweep();
    await shop.sweep();
    expect(shop.fake.movementsOf(orderId)).toEqual(['authorise', 'capture', 'refund']);
    expect((await shop.read(orderId)).body.refunded).toBe(1_999);
  });
  it('has nothing to do when all is decided', async () => {
    for (let round = 0; round < 3; round += 1) await shop.sweep(600_000);
    const { body } = await shop.sweep(0);
    expect(body.count).toBe(0);
  });
});

describe('the books', () => {
  it('balance in every transaction, and agree with the provider', async () => {
    const unbalanced = await shop
      .db('ledger_entries')
      .select('txn_id')
      .sum({ total: 'amount' })
      .groupBy('txn_id', 'currency')
      .having('total', '<>', 0);
    expect(unbalanced).toEqual([]);
    const sign: Record<string, number> = { authorise: 1, capture: -1, void: -1, refund: 0 };
    const held = shop.fake.movements.reduce((sum, [type, , moved]) => sum + (sign[type] ?? 0) * moved, 0);
    const [holds] = await shop.db('ledger_entries').where({ account: 'holds' }).sum({ total: 'amount' });
    expect(Number(holds?.total)).toBe(held);
  });
});
