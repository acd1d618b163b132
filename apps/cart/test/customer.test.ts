/** Carts of customers: one open cart each, which nobody else can see. */
import { newId } from '@souk/kit/identifier';
import { beforeEach, describe, expect, it } from 'vitest';
import { sidecarHeaders } from '../../../test/support/service-under-test.ts';
import { asStaff } from '../../../test/support/tokens.ts';
import { newCart } from '../src/cart.ts';
import { insertCart } from '../src/cart-store.ts';
import { type Carts, delivery, openCarts } from './cart-under-test.ts';

let carts: Carts;
beforeEach(async () => {
  carts = await openCarts();
});

const line = (sku: string, quantity = 1) => ({ sku, quantity });
const keptCarts = () => Object.keys(carts.state.contents()).filter((key) => key.startsWith('cart:'));

describe('GET /me/cart', () => {
  it('makes a cart when there is none, and shows the same one from then on', async () => {
    const ada = await carts.customer();
    const first = await ada.send('get', '/me/cart?currency=USD');
    expect(first.body).toMatchObject({ currency: 'USD', lines: [], closedBy: null });
    const again = await ada.send('get', '/me/cart', { headers: { 'if-none-match': first.headers.etag! } });
    expect(again.status).toBe(304);
    expect(await ada.cartId()).toBe(first.body.id);
    expect(first.headers['cache-control']).toContain('private');
  });

  it('makes one cart when many ask at once, in two processes', async () => {
    const ada = await carts.customer();
    const twin = carts.twin();
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        (index % 2 ? carts.send : twin)('get', '/me/cart', { headers: ada.headers }),
      ),
    );
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(keptCarts()).toHaveLength(1);
  });

  it('never writes an empty cart over one that is there already', async () => {
    const ada = await carts.customer();
    const { body } = await ada.send('post', '/carts', { body: { currency: 'EUR', items: [line('CUP-1')] } });
    const deps = { dapr: { state: () => carts.state } } as never;
    expect(await insertCart(deps, newCart({ id: body.id, currency: 'EUR', at: new Date() }))).toBe(false);
    expect((await ada.send('get', '/me/cart')).body.lines).toHaveLength(1);
  });

  it('makes the cart that a process has promised before it died', async () => {
    const ada = await carts.customer();
    carts.state.beforeWrite = (key) => {
      if (key.startsWith('cart:')) throw new Error('died');
    };
    expect((await ada.send('get', '/me/cart')).status).toBe(500);
    const promised = JSON.parse(carts.state.contents()[`owner:${ada.id}`]!).cartId;
    carts.state.beforeWrite = () => {};
    expect(await ada.cartId()).toBe(promised);
  });

  it('fills the next cart when the event of its order closes the present one in between', async () => {
    const ada = await carts.customer();
    const first = await ada.cartId();
    const { get } = carts.state;
    let reads = 0;
    carts.state.get = async (key) => {
      // The first read finds it open; the second is the one that would change it.
      if (key === `cart:${first}` && ++reads === 2)
        await carts.deliver('order.confirmed', { cartId: first, orderId: newId() }).expect(200);
      return get(key);
    };
    const body = { currency: 'EUR', items: [line('CUP-1')] };
    const filled = await carts.twin()('post', '/carts', { headers: ada.headers, body });
    expect(filled.status).toBe(201);
    expect(filled.body.id).not.toBe(first);
  });

  it('shows a new cart once the old one has been ordered, or forgotten for its age', async () => {
    const ada = await carts.customer();
    const first = await ada.cartId();
    await carts.deliver('order.confirmed', { cartId: first, orderId: newId() }).expect(200);
    const second = await ada.cartId();
    expect(second).not.toBe(first);
    expect((await ada.send('get', `/carts/${first}`)).body.closedBy).not.toBeNull();
    await carts.state.delete(`cart:${second}`);
    carts.clock.now = new Date(carts.clock.now.getTime() + 31 * 24 * 3_600_000);
    expect(await ada.cartId()).not.toBe(second);
  });

  it('is for customers alone', async () => {
    expect((await carts.send('get', '/me/cart')).status).toBe(401);
    expect((await carts.send('get', '/me/cart', { headers: await asStaff() })).status).toBe(403);
  });
});

describe('the cart of a customer', () => {
  it('is filled, sent and quoted like a guest’s, and closed without the address', async () => {
    const ada = await carts.customer();
    const path = `/carts/${await ada.cartId()}`;
    await ada.send('post', `${path}/items`, { body: line('CUP-1', 2) });
    const set = await ada.send('put', `${path}/delivery`, { body: delivery });
    expect((await ada.send('get', `${path}/quote`)).body).toEqual(set.body.quote);
    await carts.deliver('order.confirmed', { cartId: path.split('/')[2], orderId: newId() }).expect(200);
    expect((await ada.send('get', path)).body.delivery).toBeNull();
    expect(JSON.stringify(carts.state.contents())).not.toContain('ada@example.org');
  });

  it('is no cart to anybody else: not to guests, other customers, staff, nor to its own token', async () => {
    const ada = await carts.customer();
    const eve = await carts.customer();
    const guest = await carts.guest();
    const path = `/carts/${await ada.cartId()}`;
    const missing = await eve.send('get', `/carts/${newId()}`);
    const strangers = [{}, eve.headers, { 'cart-token': guest.token }, await asStaff(['owner'])];
    for (const headers of strangers as Record<string, string>[]) {
      const read = await carts.send('get', path, { headers });
      expect([read.status, read.body]).toEqual([404, missing.body]);
      const body = { quantity: 1 };
      expect((await carts.send('put', `${path}/items/CUP-1`, { body, headers })).status).toBe(404);
      expect((await carts.send('delete', `${path}/items/CUP-1`, { headers })).status).toBe(404);
      expect((await carts.send('put', `${path}/delivery`, { body: delivery, headers })).status).toBe(404);
      expect((await carts.send('get', `${path}/quote`, { headers })).status).toBe(404);
    }
    expect((await eve.send('get', `/carts/${guest.id}`)).status).toBe(404);
  });

  it('is shown to orders by the customer’s id, and by no other', async () => {
    const ada = await carts.customer();
    const id = await ada.cartId();
    const read = (headers: Record<string, string>) =>
      carts.send('get', `/internal/carts/${id}`, { headers: { ...sidecarHeaders('orders'), ...headers } });
    expect((await read({ 'customer-id': ada.id })).body.id).toBe(id);
    expect((await read({ 'customer-id': newId() })).status).toBe(404);
    expect((await read({})).status).toBe(404);
  });
});

describe('POST /carts of a customer', () => {
  it('makes the one cart, without a token, and gives it back the next time with the items in it', async () => {
    const ada = await carts.customer();
    const post = (body: object, headers = {}) => ada.send('post', '/carts', { body, headers });
    const made = await post({ currency: 'EUR', items: [line('CUP-1', 2)] });
    expect([made.status, made.body.token, made.body.total.amount]).toEqual([201, undefined, 1000]);
    for (let repetition = 0; repetition < 2; repetition += 1) {
      const again = await post({ currency: 'EUR', items: [line('CUP-1', 1), line('TEA-1', 3)] });
      expect([again.status, again.body.id]).toEqual([200, made.body.id]);
      const held = again.body.lines.map(({ sku, quantity }: Record<string, unknown>) => ({ sku, quantity }));
      expect(held).toEqual([line('CUP-1', 2), line('TEA-1', 3)]);
    }
    const minimal = await post({ currency: 'EUR' }, { prefer: 'return=minimal' });
    expect(minimal.body).toEqual({ id: made.body.id });
    expect(await ada.cartId()).toBe(made.body.id);
  });

  it('changes the currency of an empty cart, and refuses to for a full one', async () => {
    const ada = await carts.customer();
    await ada.cartId();
    const changed = await ada.send('post', '/carts', { body: { currency: 'USD' } });
    expect([changed.status, changed.body.currency]).toEqual([200, 'USD']);
    await ada.send('post', '/carts', { body: { currency: 'USD', items: [line('CUP-1')] } });
    const refused = await ada.send('post', '/carts', { body: { currency: 'EUR' } });
    expect(refused.body).toMatchObject({ status: 409, code: 'already-exists', cartId: changed.body.id });
    const unknown = await ada.send('post', '/carts', { body: { currency: 'USD', items: [line('NOPE-1')] } });
    expect(unknown.body.code).toBe('unknown-sku');
  });
});
