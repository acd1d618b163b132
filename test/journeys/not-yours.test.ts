/** What belongs to somebody else looks like what does not exist, and a stale view of one's own is said to be stale. */
import { randomUUID } from 'node:crypto';
import { newId } from '@souk/kit/identifier';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newArticle, untilShopIsUp } from '../support/back-room.ts';
import { expectProblem } from '../support/problem-check.ts';
import { type PublicRoute, publicRoutes } from '../support/public-routes.ts';
import {
  type Belongings,
  closeBelongings,
  filled,
  newBelongings,
  sampleRequests,
} from '../support/sample-requests.ts';
import { type Answer, placing, readyCart, send } from '../support/shop.ts';

let routes: PublicRoute[];
let own: Belongings;
let others: Belongings;

beforeAll(async () => {
  await untilShopIsUp();
  routes = await publicRoutes();
  own = await newBelongings();
  others = await newBelongings();
});
afterAll(() => closeBelongings());

/** What If-Match goes by: an ETag also has a hash of the prices of the moment. */
const versionOf = ({ headers }: Answer) => headers.get('etag')?.match(/\d+/)?.[0];

/** All of a problem but the trace in which it happened. */
const withoutTrace = ({ body }: Answer) => ({ ...body, instance: undefined });

describe("somebody else's cart or order", () => {
  it('is not found on any route, with the very answer of one that does not exist', async () => {
    const samples = sampleRequests(own);
    const byToken = (name: string) => ['cart-token', 'order-token'].includes(samples[name]?.proof ?? '');
    const guarded = routes.filter(({ name, path }) => byToken(name) && path.includes('{id}'));
    expect(guarded.length).toBeGreaterThanOrEqual(8);
    for (const { name, method, path } of guarded) {
      const { headers, proof, body, params } = samples[name]!;
      const query = samples[name]!.path.match(/\?.*/)?.[0] ?? '';
      const strange = { 'cart-token': others.cart.token, 'order-token': others.order.token }[
        proof as 'cart-token'
      ];
      const ask = (id: string, token: string | undefined) => {
        const { [proof!]: _own, ...rest } = headers;
        const sent = { ...rest, ...(token === undefined ? {} : { [proof!]: token }) };
        return send(method, filled(path, { ...params, id }) + query, { headers: sent, body });
      };
      const missing = await ask(newId(), headers[proof!]);
      expectProblem(missing, 'not-found');
      const twisted = `${headers[proof!]!.slice(0, -1)}${headers[proof!]!.endsWith('A') ? 'E' : 'A'}`;
      for (const token of [strange, twisted, undefined]) {
        const refused = await ask(params.id!, token);
        expectProblem(refused, 'not-found');
        expect([name, withoutTrace(refused)]).toEqual([name, withoutTrace(missing)]);
      }
    }
  });

  it('is not opened by its own token in the place of the other kind', async () => {
    const asCart = { headers: { 'cart-token': own.order.token } };
    expectProblem(await send('GET', `/carts/${own.cart.id}`, asCart), 'not-found');
    const asOrder = { headers: { 'order-token': own.cart.token } };
    expectProblem(await send('GET', `/orders/${own.order.id}`, asOrder), 'not-found');
  });

  it('is not ordered: neither with another token nor without one', async () => {
    for (const token of [others.cart.token, undefined]) {
      const { headers, body } = placing(own.cart);
      const { 'cart-token': _own, ...rest } = headers!;
      const sent = { ...rest, ...(token === undefined ? {} : { 'cart-token': token }) };
      expectProblem(await send('POST', '/orders', { headers: sent, body }), 'not-found');
    }
    const read = await send('GET', `/carts/${own.cart.id}`, { headers: { 'cart-token': own.cart.token } });
    expect(read.body.closedBy).toBeNull();
  });
});

describe('a cart that has changed meanwhile', () => {
  it('refuses a change of the old one with the current one and its ETag', async () => {
    const cart = await readyCart({ lines: [{ sku: own.sku, quantity: 1 }] });
    const headers = { 'cart-token': cart.token };
    const path = `/carts/${cart.id}/items/${own.sku}`;
    const first = await send('GET', `/carts/${cart.id}`, { headers });
    const stale = first.headers.get('etag')!;
    const changed = await send('PUT', path, {
      headers: { ...headers, 'if-match': stale },
      body: { quantity: 2 },
    });
    expect(changed.status).toBe(200);
    const change = { headers: { ...headers, 'if-match': stale }, body: { quantity: 3 } };
    const routesOfCart = [
      ['PUT', path, change.body],
      ['DELETE', path, undefined],
      ['POST', `/carts/${cart.id}/items`, { sku: own.sku, quantity: 1 }],
      ['PUT', `/carts/${cart.id}/delivery`, sampleRequests(own)['PUT /carts/{id}/delivery']!.body],
    ] as const;
    for (const [method, where, body] of routesOfCart) {
      const refused = await send(method, where, { headers: change.headers, body });
      expectProblem(refused, 'stale-etag');
      expect(versionOf(refused)).toBe(versionOf(changed));
      expect(refused.body.current.lines).toEqual(changed.body.lines);
    }
    const now = { ...headers, 'if-match': changed.headers.get('etag')! };
    expect((await send('PUT', path, { headers: now, body: { quantity: 3 } })).status).toBe(200);
  });

  it.each(['"999999"', 'W/"1"', 'nonsense', '"', '""', '"1', "'; DROP TABLE carts"])(
    'takes no change for If-Match: %s',
    async (ifMatch) => {
      const headers = { 'cart-token': own.cart.token, 'if-match': ifMatch };
      const body = { sku: own.sku, quantity: 1 };
      expectProblem(
        await send('POST', `/carts/${own.cart.id}/items`, { headers, body }),
        'stale-etag',
        'invalid-request',
      );
    },
  );
});

describe('what does not go together', () => {
  it('an article that there is not is refused by its name', async () => {
    const sku = `NO-${randomUUID().slice(0, 8).toUpperCase()}`;
    const headers = { 'cart-token': own.cart.token };
    const made = await send('POST', '/carts', { body: { currency: 'EUR', items: [{ sku, quantity: 1 }] } });
    const added = await send('POST', `/carts/${own.cart.id}/items`, { headers, body: { sku, quantity: 1 } });
    const set = await send('PUT', `/carts/${own.cart.id}/items/${sku}`, { headers, body: { quantity: 1 } });
    for (const refused of [made, added, set]) {
      expectProblem(refused, 'unknown-sku');
      expect(refused.body.skus).toEqual([sku]);
    }
  });

  it('one article twice in a new cart, or more than 99 of it, is refused', async () => {
    const line = { sku: own.sku, quantity: 1 };
    const twice = await send('POST', '/carts', { body: { currency: 'EUR', items: [line, line] } });
    expectProblem(twice, 'invalid-request');
    const headers = { 'cart-token': (await readyCart({ lines: [{ ...line, quantity: 99 }] })).token };
    expect(headers['cart-token']).toBeTruthy();
    const many = { body: { currency: 'EUR', items: [{ ...line, quantity: 100 }] } };
    expectProblem(await send('POST', '/carts', many), 'invalid-request');
  });

  it('99 pieces and one more are refused, and the 99 stay', async () => {
    const cart = await readyCart({ lines: [{ sku: own.sku, quantity: 99 }] });
    const headers = { 'cart-token': cart.token };
    const body = { sku: own.sku, quantity: 1 };
    const refused = await send('POST', `/carts/${cart.id}/items`, { headers, body });
    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect(refused.status).toBeLessThan(500);
    expect(refused.body.code).toBeTruthy();
  });

  it('an order of an empty cart, of one without delivery, and with a wrong hash is refused', async () => {
    const made = await send('POST', '/carts', { body: { currency: 'EUR' } });
    const hash = 'a'.repeat(64);
    const cart = { id: made.body.id, token: made.body.token, email: '', quote: { quoteHash: hash } as never };
    expectProblem(await send('POST', '/orders', placing(cart)), 'cart-empty');
    const headers = { 'cart-token': cart.token };
    await send('POST', `/carts/${cart.id}/items`, { headers, body: { sku: own.sku, quantity: 1 } });
    expectProblem(await send('POST', '/orders', placing(cart)), 'delivery-missing');
    const wrong = await send('POST', '/orders', placing(own.cart, { quoteHash: hash }));
    expectProblem(wrong, 'price-changed');
    expect(wrong.body.quote.quoteHash).toBe(own.cart.quote.quoteHash);
  });

  it('a country where nobody delivers, and a method that there is not, are refused', async () => {
    const article = await newArticle({ stock: 1 });
    const made = await send('POST', '/carts', {
      body: { currency: 'EUR', items: [{ sku: article.sku, quantity: 1 }] },
    });
    const headers = { 'cart-token': made.body.token };
    const sample = sampleRequests(own)['PUT /carts/{id}/delivery']!.body as { address: object };
    const bodies = [
      { ...sample, address: { ...sample.address, country: 'AQ' } },
      { ...sample, shippingMethod: 'by-camel' },
    ];
    for (const body of bodies)
      expectProblem(await send('PUT', `/carts/${made.body.id}/delivery`, { headers, body }), 'not-shippable');
  });

  it('a webhook without a signature, with a wrong one, and of a provider that nobody knows is refused', async () => {
    const body = JSON.stringify({ id: 'evt_1', type: 'payment.authorised' });
    const hook = (provider: string, headers = {}) =>
      send('POST', `/payments/webhooks/${provider}`, { body, headers });
    expectProblem(await hook('simulator'), 'unauthorised');
    for (const signature of [
      'x',
      't=1,v1=00',
      `t=${Math.floor(Date.now() / 1_000)},v1=${'0'.repeat(64)}`,
      't=,v1=',
      ',',
    ])
      expectProblem(await hook('simulator', { 'psp-signature': signature }), 'unauthorised');
    expectProblem(await hook('nobody'), 'not-found');
  });
});
