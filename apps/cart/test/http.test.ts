/** The cart's public API as a guest meets it; every answer is as documented. */
import { beforeEach, describe, expect, it } from 'vitest';
import { type Carts, delivery, openCarts } from './cart-under-test.ts';

let carts: Carts;
beforeEach(async () => {
  carts = await openCarts();
});

const line = (sku: string, quantity = 1) => ({ sku, quantity });

describe('a new cart', () => {
  it('comes with its items, prices, token and place', async () => {
    const made = await carts.send('post', '/carts', { body: { currency: 'EUR', items: [line('CUP-1', 2)] } });
    expect(made.status).toBe(201);
    expect(made.headers.location).toBe(`/api/v1/carts/${made.body.id}`);
    expect(made.headers.etag).toMatch(/^"1-[0-9a-f]{12}"$/);
    expect(made.body).toMatchObject({
      total: { amount: 1000, currency: 'EUR' },
      delivery: null,
      quote: null,
      closedBy: null,
    });
    expect(made.body.lines[0]).toMatchObject({
      sku: 'CUP-1',
      quantity: 2,
      name: 'Article CUP-1',
      slug: 'cup-1',
      image: 'cup-1.svg',
      unitPrice: { amount: 500 },
      total: { amount: 1000 },
    });
    expect(carts.state.ttlOf(`cart:${made.body.id}`)).toBe(30 * 24 * 3_600);
  });

  it('costs no hop when it is empty, and answers little when little is wanted', async () => {
    const made = await carts.send('post', '/carts', {
      body: { currency: 'USD' },
      headers: { prefer: 'return=minimal' },
    });
    expect(Object.keys(made.body).sort()).toEqual(['id', 'token']);
    expect((await carts.guest()).id).not.toBe(made.body.id);
    expect(carts.neighbours.calls).toEqual([]);
  });

  it('is not made of articles that nobody sells', async () => {
    carts.neighbours.prices.delete('TEA-1');
    for (const [items, skus] of [
      [[line('CUP-1'), line('NOPE-1')], ['NOPE-1']],
      [[line('CUP-1'), line('TEA-1')], ['TEA-1']],
    ]) {
      const refused = await carts.send('post', '/carts', { body: { currency: 'EUR', items } });
      expect([refused.status, refused.body.code, refused.body.skus]).toEqual([409, 'unknown-sku', skus]);
    }
    expect(carts.state.calls.save).toBe(0);
  });

  it('belongs to its token: without it, or with another, there is no cart', async () => {
    const guest = await carts.guest([line('CUP-1')]);
    const other = await carts.guest();
    const missing = await carts.send('get', '/carts/01JD0000000000000000000000');
    for (const headers of [{}, { 'cart-token': other.token }, { 'cart-token': '' }]) {
      const refused = await carts.send('get', `/carts/${guest.id}`, { headers: headers as never });
      expect(refused.status).toBe(404);
      expect(refused.body).toEqual(missing.body);
    }
  });
});

describe('the items of a cart', () => {
  it('add up, are set, and go', async () => {
    const guest = await carts.guest([line('CUP-1')]);
    const added = await guest.send('post', '/items', { body: line('CUP-1', 2) });
    expect(added.body.lines[0].quantity).toBe(3);
    const set = await guest.send('put', '/items/TEA-1', { body: { quantity: 4 } });
    expect(set.body.total.amount).toBe(3 * 500 + 4 * 1250);
    await guest.send('delete', '/items/CUP-1');
    const left = await guest.send('delete', '/items/CUP-1');
    expect(left.body.lines.map(({ sku }: { sku: string }) => sku)).toEqual(['TEA-1']);
  });

  it('need no pricing when the client can do without the cart', async () => {
    const guest = await carts.guest();
    const headers = { prefer: 'return=minimal' };
    const added = await guest.send('post', '/items', { body: line('CUP-1'), headers });
    expect([added.status, added.headers.etag, added.text]).toEqual([204, '"2"', '']);
    await guest.send('post', '/items', { body: line('CUP-1'), headers });
    expect(carts.neighbours.calls).toEqual(['catalog /internal/variants']);
  });

  it('are added once a key', async () => {
    const guest = await carts.guest();
    const add = (quantity: number) =>
      guest.send('post', '/items', {
        body: line('CUP-1', quantity),
        headers: { 'idempotency-key': 'once-only' },
      });
    await add(2);
    expect((await add(2)).body.lines[0].quantity).toBe(2);
    expect((await add(3)).body.code).toBe('idempotency-key-reused');
  });

  it('are refused when nobody sells them or they are too many, and nothing changes', async () => {
    const guest = await carts.guest([line('CUP-1', 98)]);
    const unknown = await guest.send('post', '/items', { body: line('NOPE-1') });
    expect([unknown.status, unknown.body.code]).toEqual([409, 'unknown-sku']);
    const many = await guest.send('post', '/items', { body: line('CUP-1', 2) });
    expect([many.status, many.body.code]).toEqual([409, 'cart-full']);
    carts.neighbours.prices.delete('TEA-1');
    const unpriced = await guest.send('put', '/items/TEA-1', { body: { quantity: 1 } });
    expect(unpriced.body).toMatchObject({ code: 'unknown-sku', skus: ['TEA-1'] });
    expect((await guest.send('get', '')).body.lines).toHaveLength(1);
  });

  it('are all kept when many are added at once, also by two processes', async () => {
    for (let index = 0; index < 16; index += 1) carts.neighbours.sell(`MANY-${index + 10}`, 100);
    const guest = await carts.guest();
    const twin = carts.twin();
    const headers = { 'cart-token': guest.token };
    const added = await Promise.all(
      Array.from({ length: 16 }, (_, index) => {
        const body = line(`MANY-${index + 10}`);
        return index < 14
          ? guest.send('post', '/items', { body })
          : twin('post', `/carts/${guest.id}/items`, { body, headers });
      }),
    );
    expect(added.map(({ status }) => status)).toEqual(added.map(() => 200));
    expect((await guest.send('get', '')).body.lines).toHaveLength(16);
  });

  it.each([
    ['a fraction', { sku: 'CUP-1', quantity: 1.5 }],
    ['none', { sku: 'CUP-1', quantity: 0 }],
    ['less than none', { sku: 'CUP-1', quantity: -1 }],
    ['too many', { sku: 'CUP-1', quantity: 100 }],
    ['text', { sku: 'CUP-1', quantity: '1' }],
    ['a strange SKU', { sku: '../x', quantity: 1 }],
    ['an unknown field', { sku: 'CUP-1', quantity: 1, price: 0 }],
    ['nothing', {}],
  ])('are refused as %s', async (_what, body) => {
    const guest = await carts.guest();
    const refused = await guest.send('post', '/items', { body });
    expect([refused.status, refused.body.code]).toEqual([400, 'invalid-request']);
    expect(refused.body.errors[0].pointer).toMatch(/^\/body/);
  });
});

describe('the ETag of a cart', () => {
  it('guards a change, and shows the current cart when it is stale', async () => {
    const guest = await carts.guest([line('CUP-1')]);
    const { etag } = (await guest.send('get', '')).headers;
    const headers = { 'if-match': etag! };
    const first = await guest.send('put', '/items/CUP-1', { body: { quantity: 2 }, headers });
    expect(first.status).toBe(200);
    const stale = await guest.send('put', '/items/CUP-1', { body: { quantity: 3 }, headers });
    expect([stale.status, stale.body.code]).toEqual([412, 'stale-etag']);
    expect(stale.body.current.lines[0].quantity).toBe(2);
    const again = await guest.send('put', '/items/CUP-1', {
      body: { quantity: 3 },
      headers: { 'if-match': stale.headers.etag! },
    });
    expect(again.body.lines[0].quantity).toBe(3);
    const any = await guest.send('delete', '/items/CUP-1', { headers: { 'if-match': '*' } });
    expect(any.status).toBe(200);
    const strange = await guest.send('delete', '/items/CUP-1', { headers: { 'if-match': 'W/"4"' } });
    expect(strange.status).toBe(412);
  });

  it('lets exactly one of many writers through', async () => {
    const guest = await carts.guest([line('CUP-1')]);
    const headers = { 'if-match': '"1"', prefer: 'return=minimal' };
    const answers = await Promise.all(
      [2, 3, 4, 5].map((quantity) => guest.send('put', '/items/CUP-1', { body: { quantity }, headers })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 412, 412, 412]);
  });

  it('spares the bytes when nothing has changed, and not when a price has', async () => {
    const guest = await carts.guest([line('CUP-1')]);
    const { etag } = (await guest.send('get', '')).headers;
    const headers = { 'if-none-match': etag! };
    expect((await guest.send('get', '', { headers })).status).toBe(304);
    carts.neighbours.sell('CUP-1', 600);
    expect((await guest.send('get', '', { headers })).body.total.amount).toBe(600);
  });
});

describe('delivery', () => {
  it('gives the cart its quote, the same that is read alone', async () => {
    const guest = await carts.guest([line('CUP-1')]);
    const methods = await guest.send('get', '/shipping-methods?country=DE');
    expect(methods.body.items[0].code).toBe('standard');
    const set = await guest.send('put', '/delivery', { body: delivery });
    expect(set.body).toMatchObject({
      delivery,
      total: { amount: 990 },
      quote: { quoteHash: 'a'.repeat(64) },
    });
    expect((await guest.send('get', '/quote')).body).toEqual(set.body.quote);
  });

  it('is wanted before a quote, and a cart with something in it before that', async () => {
    const guest = await carts.guest();
    expect((await guest.send('get', '/quote')).body.code).toBe('cart-empty');
    expect((await guest.send('get', '/shipping-methods?country=DE')).body.code).toBe('cart-empty');
    expect((await guest.send('put', '/delivery', { body: delivery })).body.code).toBe('cart-empty');
    await guest.send('put', '/items/CUP-1', { body: { quantity: 1 } });
    expect((await guest.send('get', '/quote')).body.code).toBe('delivery-missing');
  });

  it('is refused where nothing can be sent, also when the client can do without the answer', async () => {
    const guest = await carts.guest([line('CUP-1')]);
    for (const headers of [{}, { prefer: 'return=minimal' }]) {
      const far = { ...delivery, address: { ...delivery.address, country: 'AQ' } };
      const refused = await guest.send('put', '/delivery', { body: far, headers: headers as never });
      expect([refused.status, refused.body.code]).toEqual([409, 'not-shippable']);
    }
    expect((await guest.send('get', '')).body.delivery).toBeNull();
  });

  it.each([
    ['no address', { ...delivery, address: undefined }],
    ['a broken mail address', { ...delivery, email: 'a@b\r\nBcc: c@d' }],
    ['a country of three letters', { ...delivery, address: { ...delivery.address, country: 'DEU' } }],
  ])('is refused with %s', async (_what, body) => {
    const guest = await carts.guest([line('CUP-1')]);
    expect((await guest.send('put', '/delivery', { body })).status).toBe(400);
  });
});

describe('a cart whose article is gone', () => {
  it('flags the line, leaves it out of the total, and cannot be quoted', async () => {
    const guest = await carts.guest([line('CUP-1'), line('TEA-1')]);
    await guest.send('put', '/delivery', { body: delivery });
    carts.neighbours.variants.delete('TEA-1');
    await carts.built.events!['product.archived']!({ payload: { skus: ['TEA-1'] } } as never);
    const { body } = await guest.send('get', '');
    expect(body.lines[1]).toMatchObject({ sku: 'TEA-1', forSale: false, name: null, total: null });
    expect(body).toMatchObject({ total: { amount: 990 }, quote: null, problems: ['unknown-sku'] });
    const quote = await guest.send('get', '/quote');
    expect(quote.body).toMatchObject({ status: 409, code: 'unknown-sku', skus: ['TEA-1'] });
    const mended = await guest.send('delete', '/items/TEA-1');
    expect(mended.body).toMatchObject({ problems: [], quote: { total: { amount: 990 } } });
  });

  it('says so too when only its price is gone, or its way of sending', async () => {
    const guest = await carts.guest([line('CUP-1'), line('TEA-1')]);
    await guest.send('put', '/delivery', { body: delivery });
    carts.neighbours.prices.delete('TEA-1');
    expect((await guest.send('get', '')).body.problems).toEqual(['unknown-sku']);
    carts.neighbours.sell('TEA-1', 999_999_999);
    expect((await guest.send('get', '')).body).toMatchObject({ problems: ['total-too-high'], total: null });
  });
});
