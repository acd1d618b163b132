import { newId } from '@souk/kit/identifier';
import { signToken } from '@souk/kit/token';
import supertest, { type Response } from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { openApiChecker } from '../../../test/support/openapi-check.ts';
import { buildUnderTest, sidecarHeaders, testSecrets } from '../../../test/support/service-under-test.ts';
import { orders } from '../src/service.ts';
import { createNeighbours, quote } from './neighbours-fake.ts';

let database: TestDatabase;
let neighbours: ReturnType<typeof createNeighbours>;
let under: ReturnType<typeof buildUnderTest>;
let checked: (response: Response) => Response;
let clockMs = 0;

beforeAll(async () => {
  database = await openTestDatabase('orders');
});
afterAll(() => database.close());
beforeEach(async () => {
  clockMs = 0;
  neighbours = createNeighbours();
  under = buildUnderTest(orders, {
    db: database.db,
    dapr: neighbours.dapr,
    now: () => new Date(Date.now() + clockMs),
    env: { LIMIT_ORDERS_PER_BUYER: '1000', LIMIT_ORDERS_PER_ADDRESS: '10000' },
  });
  checked = await openApiChecker(under.app);
});

interface Placing {
  cartId?: string;
  key?: string;
  token?: string;
  body?: Record<string, unknown>;
}

async function place({ cartId = newId(), key = newId(), token = 'tok_ok', body = {} }: Placing = {}) {
  const response = await supertest(under.app)
    .post('/orders')
    .set('idempotency-key', key)
    .set('cart-token', signToken(testSecrets['cart-token-key']!, 'cart', cartId))
    .send({ cartId, quoteHash: quote.quoteHash, payment: { method: 'card', token }, ...body });
  return checked(response);
}

const read = async (placed: Response) =>
  checked(
    await supertest(under.app)
      .get(`/orders/${placed.body.id}`)
      .set(
        'order-token',
        signToken(testSecrets['order-token-key']!, 'order', placed.body.id ?? placed.body.orderId),
      ),
  );

const tokenOf = (id: string) => signToken(testSecrets['order-token-key']!, 'order', id);
const readById = async (id: string) =>
  checked(await supertest(under.app).get(`/orders/${id}`).set('order-token', tokenOf(id)));
const cancel = async (id: string) =>
  checked(
    await supertest(under.app)
      .post(`/orders/${id}/cancellation`)
      .set('order-token', tokenOf(id))
      .set('idempotency-key', newId()),
  );
const sweep = () => supertest(under.app).post('/orders-sweeper').set(sidecarHeaders()).expect(200);
const outbox = (orderId: string) => database.db('outbox').select('topic').where({ subject: orderId });

describe('placing an order', () => {
  it('confirms it, tells where it is, and publishes order.confirmed once', async () => {
    const placed = await place();
    expect(placed.status).toBe(201);
    expect(placed.body).toMatchObject({ state: 'confirmed', paymentState: 'authorised', total: quote.total });
    expect(placed.body.number).toMatch(/^S\d+$/);
    expect(placed.get('location')).toBe(`/api/v1/orders/${placed.body.id}`);
    expect(await outbox(placed.body.id)).toEqual([{ topic: 'order.confirmed' }]);
    const order = await read(placed);
    expect(order.body.history.map((entry: { state: string }) => entry.state)).toEqual([
      'pending',
      'confirmed',
    ]);
  });

  it('takes four calls and at most 13 statements', async () => {
    let statements = 0;
    const count = () => {
      statements += 1;
    };
    await place();
    neighbours.world.calls.length = 0;
    database.db.on('query', count);
    await place();
    database.db.off('query', count);
    expect(neighbours.world.calls).toHaveLength(4);
    expect(statements).toBeLessThanOrEqual(13);
  });

  it('gives the same answer to the same key, without doing it again', async () => {
    const request = { cartId: newId(), key: newId() };
    const first = await place(request);
    neighbours.world.calls.length = 0;
    const second = await place(request);
    expect(second.status).toBe(201);
    expect(second.body).toEqual(first.body);
    expect(neighbours.world.calls).toEqual([]);
  });

  it('refuses the same key with another body', async () => {
    const request = { cartId: newId(), key: newId() };
    await place(request);
    const other = await place({ ...request, token: 'tok_other' });
    expect([other.status, other.body.code]).toEqual([422, 'idempotency-key-reused']);
  });

  it('requires a key', async () => {
    const response = await supertest(under.app)
      .post('/orders')
      .set('cart-token', 'x'.repeat(43))
      .send({ cartId: newId(), quoteHash: quote.quoteHash, payment: { method: 'card', token: 'tok_ok' } });
    expect([checked(response).status, response.body.code]).toEqual([400, 'idempotency-key-required']);
  });

  it('makes one order of fifty requests with one key at once', async () => {
    const request = { cartId: newId(), key: newId() };
    const answers = await Promise.all(Array.from({ length: 50 }, () => place(request)));
    const ok = answers.filter(({ status }) => status === 201);
    expect(ok.length).toBeGreaterThan(0);
    expect(new Set(ok.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    for (const { status, body, headers } of answers.filter((answer) => answer.status !== 201)) {
      expect([status, body.code]).toEqual([409, 'idempotency-key-in-use']);
      expect(headers['retry-after']).toBe('1');
    }
    expect(await database.db('orders').select('id').where({ cart_id: request.cartId })).toHaveLength(1);
  });

  it('charges a cart once, however many keys come', async () => {
    const cartId = newId();
    const answers = await Promise.all(Array.from({ length: 8 }, () => place({ cartId })));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    for (const { status, body } of answers.filter((answer) => answer.status !== 201)) {
      expect(status).toBe(409);
      expect(['order-in-progress', 'already-ordered']).toContain(body.code);
      expect(body.orderId).toMatch(/^[0-9A-Z]{26}$/);
    }
    expect([...neighbours.world.payments.values()].filter((state) => state === 'authorised')).toHaveLength(1);
  });

  it('tells a stranger nothing about a cart or its key', async () => {
    const request = { cartId: newId(), key: newId() };
    await place(request);
    const stranger = await supertest(under.app)
      .post('/orders')
      .set('idempotency-key', request.key)
      .set('cart-token', 'y'.repeat(43))
      .send({
        cartId: request.cartId,
        quoteHash: quote.quoteHash,
        payment: { method: 'card', token: 'tok_ok' },
      });
    expect([stranger.status, stranger.body.code]).toEqual([404, 'not-found']);
  });

  it('refuses a changed price with the new quote, and has written nothing', async () => {
    const cartId = newId();
    neighbours.world.quote = { ...quote, quoteHash: 'b'.repeat(64) };
    const response = await place({ cartId });
    expect([response.status, response.body.code]).toEqual([409, 'price-changed']);
    expect(response.body.quote.quoteHash).toBe('b'.repeat(64));
    expect(await database.db('orders').select('id').where({ cart_id: cartId })).toEqual([]);
  });

  it.each([
    ['an empty cart', { items: [] }, 'cart-empty'],
    ['a cart without delivery', { withDelivery: false }, 'delivery-missing'],
    ['a cart that was ordered', { closedBy: '01ARZ3NDEKTSV4RRFFQ69G5FAV' }, 'already-ordered'],
  ])('refuses %s', async (_what, change, code) => {
    Object.assign(neighbours.world, change);
    const response = await place();
    expect([response.status, response.body.code]).toEqual([409, code]);
  });
});

describe('an order that cannot be confirmed', () => {
  it('is cancelled and undone when stock is out, and says how many are left', async () => {
    neighbours.world.stock = 1;
    const response = await place();
    expect([response.status, response.body.code]).toEqual([409, 'out-of-stock']);
    expect(response.body.lines).toEqual([{ sku: 'CUP-1', wanted: 2, available: 1 }]);
    const order = await readById(response.body.orderId);
    expect(order.body.state).toBe('cancelled');
    expect(neighbours.world.payments.get(response.body.orderId)).toBe('voided');
  });

  it('leaves the cart open to another card after a decline, even for the last piece', async () => {
    neighbours.world.stock = 2;
    const cartId = newId();
    const declined = await place({ cartId, token: 'tok_declined' });
    expect([declined.status, declined.body.code]).toEqual([402, 'payment-declined']);
    expect(await outbox(declined.body.orderId)).toEqual([]);
    const second = await place({ cartId });
    expect(second.status).toBe(201);
  });

  it('answers a repeated request with the same refusal', async () => {
    const request = { cartId: newId(), key: newId(), token: 'tok_declined' };
    const first = await place(request);
    const second = await place(request);
    expect(second.status).toBe(402);
    expect(second.body.orderId).toBe(first.body.orderId);
  });
});

describe('an order that waits', () => {
  it('answers 202 with where to go for 3-D Secure, and is confirmed when the payment is', async () => {
    const placed = await place({ token: 'tok_3ds' });
    expect([placed.status, placed.body.state]).toEqual([202, 'requires-action']);
    expect(placed.body.action.url).toBe('http://psp.test/3ds');
    neighbours.world.payments.set(placed.body.id, 'authorised');
    await under.built.events!['payment.authorised']!(paymentEvent(placed.body.id));
    expect((await read(placed)).body.state).toBe('confirmed');
  });

  it('answers 202 pending when the provider is in doubt, and the sweeper ends it', async () => {
    const placed = await place({ token: 'tok_timeout' });
    expect([placed.status, placed.body.state]).toEqual([202, 'pending']);
    neighbours.world.payments.set(placed.body.id, 'authorised');
    clockMs = 6_000;
    await sweep();
    expect((await read(placed)).body.state).toBe('confirmed');
  });

  it('answers 202 pending when a neighbour is away after the order was written', async () => {
    const { Refusal } = await import('@souk/kit/problem');
    neighbours.world.before = async ({ app }) => {
      if (app === 'inventory') throw new Refusal('unavailable');
    };
    const placed = await place();
    expect([placed.status, placed.body.state]).toEqual([202, 'pending']);
    neighbours.world.before = async () => {};
    clockMs = 6_000;
    await sweep();
    expect((await read(placed)).body.state).toBe('confirmed');
  });

  it('expires after 15 minutes and is undone; a late success changes nothing', async () => {
    const placed = await place({ token: 'tok_3ds' });
    clockMs = 16 * 60 * 1_000;
    await sweep();
    const order = await read(placed);
    expect(order.body).toMatchObject({ state: 'cancelled', cancellation: { reason: 'expired' } });
    await under.built.events!['payment.authorised']!(paymentEvent(placed.body.id));
    expect((await read(placed)).body.state).toBe('cancelled');
    expect(neighbours.world.reservations.get(placed.body.id)).toBe('released');
  });
});

describe('cancelling', () => {
  it('undoes a confirmed order and publishes order.cancelled', async () => {
    const placed = await place();
    const cancelled = await cancel(placed.body.id);
    expect([cancelled.status, cancelled.body.state, cancelled.body.paymentState]).toEqual([
      200,
      'cancelled',
      'voided',
    ]);
    expect((await outbox(placed.body.id)).map(({ topic }) => topic).sort()).toEqual([
      'order.cancelled',
      'order.confirmed',
    ]);
    expect((await cancel(placed.body.id)).status).toBe(200);
  });

  it('against an authorise in flight: one wins, and nothing is held at the end', async () => {
    let arrived = () => {};
    let goOn = () => {};
    const atProvider = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const released = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    let orderId = '';
    neighbours.world.before = async ({ app, method, path }) => {
      if (app !== 'payments' || method !== 'PUT') return;
      orderId = path.split('/').at(-1)!;
      arrived();
      await released;
    };
    const placing = place();
    await atProvider;
    const cancelled = await cancel(orderId);
    goOn();
    const placed = await placing;
    expect(cancelled.body.state).toBe('cancelled');
    expect(placed.status).toBe(409);
    expect((await readById(orderId)).body.state).toBe('cancelled');
    expect(neighbours.world.payments.get(orderId)).toBe('voided');
    expect(neighbours.world.stock).toBe(100);
  });

  it('is refused without the token, with the same answer as for a missing order', async () => {
    const placed = await place();
    const post = (id: string) =>
      supertest(under.app)
        .post(`/orders/${id}/cancellation`)
        .set('idempotency-key', newId())
        .set('order-token', 'z'.repeat(43));
    const foreign = await post(placed.body.id);
    const missing = await post(newId());
    expect([foreign.status, missing.status]).toEqual([404, 404]);
    const { instance: _one, ...foreignBody } = foreign.body;
    const { instance: _two, ...missingBody } = missing.body;
    expect(foreignBody).toEqual(missingBody);
  });
});

describe('a request whose process died', () => {
  it('is taken over by its twin once the lease has run out', async () => {
    const request = { cartId: newId(), key: newId() };
    neighbours.world.before = async ({ app }) => {
      if (app === 'inventory') throw new TypeError('planted: the process dies here');
    };
    expect((await place(request)).status).toBe(500);
    const early = await place(request);
    expect([early.status, early.body.code]).toEqual([409, 'idempotency-key-in-use']);
    neighbours.world.before = async () => {};
    await database
      .db('idempotency_keys')
      .where({ idempotency_key: request.key })
      .update({ lease_until: new Date(0) });
    const twin = await place(request);
    expect([twin.status, twin.body.state]).toEqual([201, 'confirmed']);
  });
});

function paymentEvent(orderId: string) {
  return {
    id: newId(),
    type: 'payment.authorised' as const,
    at: new Date().toISOString(),
    subject: orderId,
    version: 1,
    payload: { orderId, amount: quote.total },
    traceparent: undefined,
  };
}
