import { events } from '@souk/contracts/events';
import { newId } from '@souk/kit/identifier';
import { Refusal } from '@souk/kit/problem';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TestDatabase } from '../../../test/support/database.ts';
import { asGuest, type OrdersUnderTest, openOrdersDatabase, ordersUnderTest } from './orders-under-test.ts';

const tracking = { carrier: 'DHL', trackingNumber: 'JD0001' };
let database: TestDatabase;
let under: OrdersUnderTest;

beforeAll(async () => {
  database = await openOrdersDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  under = await ordersUnderTest(database);
});

const dispatch = (orderId: string) => under.hear('shipment.dispatched', { orderId, ...tracking });
const deliver = (orderId: string) => under.hear('shipment.delivered', { orderId, ...tracking });
const types = async (id: string) => (await under.published(id)).map(({ type }) => type);
const cancel = (id: string) =>
  under.send('post', `/orders/${id}/cancellation`, { headers: { ...asGuest(id), ...under.key() } });
const placed = async () => (await under.place()).body.id as string;

describe('an order that is shipped', () => {
  it('follows its parcel, and says so to the buyer and to others', async () => {
    const id = await placed();
    await dispatch(id);
    expect(await under.read(id)).toMatchObject({
      state: 'dispatched',
      fulfilmentState: 'dispatched',
      shipment: tracking,
    });
    await deliver(id);
    expect(await under.read(id)).toMatchObject({ state: 'delivered', fulfilmentState: 'delivered' });
    const [, dispatched, delivered] = await under.published(id);
    expect(dispatched!.payload).toMatchObject({ orderId: id, ...tracking, customerId: null });
    expect(events['order.dispatched'].payload.validate(dispatched!.payload).error).toBeUndefined();
    expect(events['order.delivered'].payload.validate(delivered!.payload).error).toBeUndefined();
  });

  it('comes to the same whatever order the events come in, and however often', async () => {
    const id = await placed();
    for (const event of [deliver, dispatch, deliver, dispatch]) await event(id);
    expect(await under.states(id)).toEqual(['pending', 'confirmed', 'dispatched', 'delivered']);
    expect(await types(id)).toEqual(['order.confirmed', 'order.dispatched', 'order.delivered']);
    expect((await under.read(id)).shipment).toEqual(tracking);
  });

  it('comes to the same when both events come at once', async () => {
    const id = await placed();
    await Promise.all([deliver(id), dispatch(id), deliver(id), dispatch(id)]);
    expect(await under.states(id)).toEqual(['pending', 'confirmed', 'dispatched', 'delivered']);
    expect(await types(id)).toEqual(['order.confirmed', 'order.dispatched', 'order.delivered']);
  });

  it('cannot be cancelled', async () => {
    const id = await placed();
    await dispatch(id);
    const refused = await cancel(id);
    expect([refused.status, refused.body.code]).toEqual([409, 'already-dispatched']);
  });

  it('raises an alarm if it had been cancelled, and stays cancelled', async () => {
    const id = await placed();
    await cancel(id);
    const alarm = vi.spyOn(under.deps.log, 'error');
    await dispatch(id);
    expect(alarm).toHaveBeenCalledWith('orders.shipped-but-not-confirmed', {
      orderId: id,
      state: 'cancelled',
    });
    expect((await under.read(id)).state).toBe('cancelled');
  });
});

describe('cancelling a confirmed order', () => {
  it('asks shipping before anything is undone', async () => {
    const id = await placed();
    under.world.calls.length = 0;
    expect((await cancel(id)).status).toBe(200);
    expect(under.world.calls.map(({ app, method }) => `${method} ${app}`)).toEqual([
      'PUT shipping',
      'DELETE payments',
      'DELETE inventory',
    ]);
    expect(await under.states(id)).toEqual(['pending', 'confirmed', 'cancelling', 'cancelled']);
  });

  it('is refused when shipping has sent it, and nothing is undone', async () => {
    const id = await placed();
    under.world.shipments.set(id, 'dispatched');
    const refused = await cancel(id);
    expect([refused.status, refused.body.code]).toEqual([409, 'already-dispatched']);
    const order = await under.read(id);
    expect([order.state, order.cancellation]).toEqual(['confirmed', undefined]);
    expect(under.world.payments.get(id)).toBe('authorised');
    await dispatch(id);
    expect((await under.read(id)).state).toBe('dispatched');
  });

  it('is not forgotten while shipping is away: the sweeper asks again', async () => {
    const id = await placed();
    under.world.before = async ({ app }) => {
      if (app === 'shipping') throw new Refusal('unavailable');
    };
    const waiting = await cancel(id);
    expect([waiting.status, waiting.body.state, waiting.body.cancellation]).toEqual([
      202,
      'confirmed',
      { reason: 'customer' },
    ]);
    under.world.before = async () => {};
    under.clock.ms = 60 * 60 * 1_000;
    await under.sweep();
    expect((await under.read(id)).state).toBe('cancelled');
    expect(under.world.payments.get(id)).toBe('voided');
  });

  it.each(['before shipping was asked', 'after shipping had agreed'])(
    'is finished by the sweeper if the process died %s',
    async (when) => {
      const id = await placed();
      under.world.before = async ({ app }) => {
        if (app !== 'shipping') return;
        if (when.startsWith('after')) under.world.shipments.set(id, 'cancelled');
        throw new TypeError('planted: the process dies here');
      };
      expect((await cancel(id)).status).toBe(500);
      under.world.before = async () => {};
      under.clock.ms = 6_000;
      await under.sweep();
      const order = await under.read(id);
      expect([order.state, order.cancellation]).toEqual(['cancelled', { reason: 'customer' }]);
      expect(await types(id)).toEqual(['order.confirmed', 'order.cancelled']);
    },
  );

  it('gives way to a parcel that is under way while the wish waits', async () => {
    const id = await placed();
    under.world.before = async ({ app }) => {
      if (app === 'shipping') throw new Refusal('unavailable');
    };
    await cancel(id);
    await dispatch(id);
    const order = await under.read(id);
    expect([order.state, order.cancellation]).toEqual(['dispatched', undefined]);
    under.clock.ms = 6_000;
    under.world.calls.length = 0;
    await under.sweep();
    expect(under.world.calls).toEqual([]);
  });

  it('of many at once is done once', async () => {
    const id = await placed();
    const answers = await Promise.all(Array.from({ length: 8 }, () => cancel(id)));
    for (const { status } of answers) expect([200, 202]).toContain(status);
    expect(await under.states(id)).toEqual(['pending', 'confirmed', 'cancelling', 'cancelled']);
    expect(await types(id)).toEqual(['order.confirmed', 'order.cancelled']);
  });
});

describe('what payments tells', () => {
  it('is added up once for each refund, and the buyer hears of each', async () => {
    const id = await placed();
    const amount = { amount: 490, currency: 'EUR' };
    await under.hear('payment.captured', { orderId: id, amount: { amount: 1490, currency: 'EUR' } });
    const refundId = newId();
    const eventId = await under.hear('payment.refunded', { orderId: id, refundId, amount });
    await under.hear('payment.refunded', { orderId: id, refundId, amount }, eventId);
    expect(await under.read(id)).toMatchObject({ paymentState: 'captured', refunded: amount });
    const rest = { amount: 1000, currency: 'EUR' };
    await under.hear('payment.refunded', { orderId: id, refundId: newId(), amount: rest });
    expect(await under.read(id)).toMatchObject({ paymentState: 'refunded', refunded: { amount: 1490 } });
    await under.hear('payment.captured', { orderId: id });
    expect((await under.read(id)).paymentState).toBe('refunded');
    const told = (await under.published(id)).filter(({ type }) => type === 'order.refunded');
    expect(told.map(({ payload }) => payload.amount)).toEqual([amount, rest]);
    expect(events['order.refunded'].payload.validate(told[0]!.payload).error).toBeUndefined();
  });
});
