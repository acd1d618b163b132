/** The orders service with neighbours in memory, and what tests of it do again and again. */
import type { EventType } from '@souk/contracts/events';
import { newId } from '@souk/kit/identifier';
import { signToken } from '@souk/kit/token';
import supertest, { type Response } from 'supertest';
import { openTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { openApiChecker } from '../../../test/support/openapi-check.ts';
import { buildUnderTest, sidecarHeaders, testSecrets } from '../../../test/support/service-under-test.ts';
import { asCustomer } from '../../../test/support/tokens.ts';
import { orders } from '../src/service.ts';
import { createNeighbours, quote } from './neighbours-fake.ts';

export type Headers = Record<string, string>;
type Given = Parameters<typeof buildUnderTest>[1] & { clock?: { ms: number } };

export const cartTokenOf = (cartId: string) => signToken(testSecrets['cart-token-key']!, 'cart', cartId);
export const orderTokenOf = (id: string) => signToken(testSecrets['order-token-key']!, 'order', id);
export const asGuest = (orderId: string): Headers => ({ 'order-token': orderTokenOf(orderId) });
export const bodyFor = (cartId: string, token = 'tok_ok') => ({
  cartId,
  quoteHash: quote.quoteHash,
  payment: { method: 'card', token },
});

export const openOrdersDatabase = (): Promise<TestDatabase> => openTestDatabase('orders');

/** Builds it anew; `clock.ms` is added to the time. */
export async function ordersUnderTest(database: TestDatabase, { clock = { ms: 0 }, ...given }: Given = {}) {
  const neighbours = createNeighbours();
  const under = buildUnderTest(orders, {
    db: database.db,
    dapr: neighbours.dapr,
    now: () => new Date(Date.now() + clock.ms),
    env: { LIMIT_ORDERS_PER_BUYER: '1000', LIMIT_ORDERS_PER_ADDRESS: '10000', ...given.env },
    ...(given.flags && { flags: given.flags }),
  });
  const checked = await openApiChecker(under.app);
  const { db } = database;

  const send = async (
    method: 'get' | 'post',
    path: string,
    { headers = {}, body }: { headers?: Headers; body?: object } = {},
  ): Promise<Response> => {
    const request = supertest(under.app)[method](path).set(headers);
    return checked(await (body ? request.send(body) : request));
  };

  return {
    ...under,
    db,
    world: neighbours.world,
    clock,
    send,
    key: (): Headers => ({ 'idempotency-key': newId() }),

    /** A guest's order, or that of `customerId`. */
    async place({
      customerId,
      token,
      key = newId(),
    }: {
      customerId?: string;
      token?: string;
      key?: string;
    } = {}) {
      const cartId = newId();
      if (customerId) neighbours.world.owners.set(cartId, customerId);
      const proof = customerId ? await asCustomer(customerId) : { 'cart-token': cartTokenOf(cartId) };
      const headers = { ...proof, 'idempotency-key': key };
      return send('post', '/orders', { headers, body: bodyFor(cartId, token) });
    },

    /** Hands an event to the service as the sidecar would. */
    async hear(type: EventType, payload: Record<string, unknown>, id = newId()) {
      const at = new Date().toISOString();
      const event = { id, type, at, subject: String(payload.orderId), version: 1, payload };
      await under.built.events![type]!({ ...event, traceparent: undefined });
      return id;
    },

    async read(id: string) {
      return (await send('get', `/orders/${id}`, { headers: asGuest(id) })).body;
    },
    states: async (id: string) => {
      const rows = await db('order_history').select('state').where({ order_id: id }).orderBy('created_at');
      return rows.map(({ state }) => state);
    },
    /** Events about a subject that wait in the outbox: type and payload. */
    async published(subject: string) {
      const rows = await db('outbox').select('topic', 'data').where({ subject }).orderBy('id');
      return rows.map(({ topic, data }) => ({ type: topic, payload: JSON.parse(data).payload }));
    },
    sweep: () => supertest(under.app).post('/orders-sweeper').set(sidecarHeaders()).expect(200),
  };
}

export type OrdersUnderTest = Awaited<ReturnType<typeof ordersUnderTest>>;
