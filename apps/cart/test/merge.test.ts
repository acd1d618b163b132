/** A guest's cart goes into a customer's once, whatever is repeated, refused or dies in between. */
import { newId } from '@souk/kit/identifier';
import { beforeEach, describe, expect, it } from 'vitest';
import { sidecarHeaders } from '../../../test/support/service-under-test.ts';
import { type Carts, type Customer, delivery, openCarts } from './cart-under-test.ts';

let carts: Carts;
let ada: Customer;
beforeEach(async () => {
  carts = await openCarts();
  ada = await carts.customer();
});

const line = (sku: string, quantity = 1) => ({ sku, quantity });
const put = (...items: object[]) => ada.send('post', '/carts', { body: { currency: 'EUR', items } });
const order = (cartId: string) => carts.deliver('order.confirmed', { cartId, orderId: newId() }).expect(200);
const held = async (customer = ada) => {
  const { body } = await customer.send('get', '/me/cart');
  const lines: { sku: string; quantity: number }[] = body.lines;
  return Object.fromEntries(lines.map(({ sku, quantity }) => [sku, quantity]));
};

describe('a merge', () => {
  it('adds up quantities, keeps the customer’s delivery, and says what has changed', async () => {
    await put(line('CUP-1', 2));
    await ada.send('put', `/carts/${await ada.cartId()}/delivery`, { body: delivery });
    const guest = await carts.guest([line('CUP-1', 3), line('TEA-1')]);
    const elsewhere = { ...delivery, email: 'guest@example.org' };
    await guest.send('put', '/delivery', { body: elsewhere });
    const merged = await ada.merge(guest);
    expect(merged.status).toBe(200);
    expect(merged.body.changes).toEqual([
      { sku: 'CUP-1', from: 2, to: 5 },
      { sku: 'TEA-1', from: 0, to: 1 },
    ]);
    expect(merged.body.cart).toMatchObject({ id: await ada.cartId(), delivery });
    expect(merged.body.cart.total.amount).toBe(5 * 500 + 1250 + 490);
    const closed = (await guest.send('get', '')).body;
    expect(closed).toMatchObject({ mergedInto: await ada.cartId(), delivery: null });
    expect(JSON.stringify(carts.state.contents())).not.toContain('guest@example.org');
  });

  it('changes nothing when it is repeated, by whatever process', async () => {
    const guest = await carts.guest([line('CUP-1', 3)]);
    const cartId = await ada.cartId();
    const twin = carts.twin();
    const body = { from: guest.id, fromToken: guest.token };
    const answers = await Promise.all(
      [carts.send, twin, carts.send, twin].map((send) =>
        send('post', `/carts/${cartId}/merge`, { body, headers: ada.headers }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect((await ada.merge(guest)).body.changes).toEqual([]);
    expect(await held()).toEqual({ 'CUP-1': 3 });
    await order(cartId);
    expect((await ada.merge(guest)).body).toMatchObject({ changes: [], cart: { lines: [] } });
  });

  it('stays within 99 pieces and 50 articles, and says what did not fit', async () => {
    for (let index = 0; index < 50; index += 1) carts.neighbours.sell(`MANY-${index + 10}`, 1);
    await put(line('CUP-1', 60), ...Array.from({ length: 49 }, (_, i) => line(`MANY-${i + 10}`)));
    const guest = await carts.guest([line('CUP-1', 60), line('TEA-1', 2)]);
    const { body } = await ada.merge(guest);
    expect(body.changes).toEqual([
      { sku: 'CUP-1', from: 60, to: 99, reason: 'cart-full' },
      { sku: 'TEA-1', from: 0, to: 0, reason: 'cart-full' },
    ]);
    expect(body.cart.lines).toHaveLength(50);
  });

  it('gives an empty cart the guest’s currency', async () => {
    await ada.cartId();
    expect((await ada.merge(await carts.guest(undefined, 'USD'))).body.cart.currency).toBe('USD');
  });

  it('loses and doubles nothing, whichever write fails', async () => {
    await put(line('CUP-1', 2));
    for (const failing of [1, 2, 3]) {
      const guest = await carts.guest([line('TEA-1', 1)]);
      let writes = 0;
      carts.state.beforeWrite = () => {
        writes += 1;
        if (writes === failing) throw new Error('died');
      };
      expect((await ada.merge(guest)).status).toBe(500);
      carts.state.beforeWrite = () => {};
      expect((await ada.merge(guest)).status).toBe(200);
      expect((await ada.merge(guest)).body.changes).toEqual([]);
      expect(await held()).toEqual({ 'CUP-1': 2, 'TEA-1': failing });
    }
  });

  it('goes into the next cart when the first was ordered before it had taken the lines', async () => {
    const guest = await carts.guest([line('TEA-1', 2)]);
    const first = await ada.cartId();
    let writes = 0;
    carts.state.beforeWrite = () => {
      writes += 1;
      if (writes === 2) throw new Error('died');
    };
    expect((await ada.merge(guest)).status).toBe(500);
    carts.state.beforeWrite = () => {};
    await order(first);
    expect((await ada.merge(guest)).body.changes).toHaveLength(1);
    expect(await held()).toEqual({ 'TEA-1': 2 });
  });

  it('changes nothing when prices cannot be had', async () => {
    const guest = await carts.guest([line('TEA-1')]);
    const { id } = (await put(line('CUP-1'))).body;
    carts.neighbours.beforePricing = () => Promise.reject(new Error('away'));
    const body = { from: guest.id, fromToken: guest.token };
    expect((await ada.send('post', `/carts/${id}/merge`, { body })).status).toBe(500);
    carts.neighbours.beforePricing = async () => {};
    expect((await guest.send('get', '')).body.mergedInto).toBeNull();
    expect(await held()).toEqual({ 'CUP-1': 1 });
  });
});

describe('a guest’s cart', () => {
  it('is merged by its token alone, and into the customer’s own cart alone', async () => {
    const guest = await carts.guest([line('CUP-1')]);
    const eve = await carts.customer();
    const evesCart = await eve.cartId();
    const body = { from: guest.id, fromToken: guest.token };
    const tries = [
      ada.send('post', `/carts/${evesCart}/merge`, { body }),
      ada.send('post', `/carts/${guest.id}/merge`, { body }),
      ada.merge({ ...guest, token: 'x' }),
      ada.merge({ ...guest, id: evesCart }),
      ada.merge({ ...guest, id: newId() }),
    ];
    for (const { status } of await Promise.all(tries)) expect(status).toBe(404);
    expect((await carts.send('post', `/carts/${evesCart}/merge`, { body })).status).toBe(401);
    expect((await guest.send('get', '')).body.mergedInto).toBeNull();
  });

  it('is nobody else’s once it is merged, and can neither change nor be ordered', async () => {
    const guest = await carts.guest([line('CUP-1')]);
    await ada.merge(guest);
    const eve = await carts.customer();
    expect((await eve.merge(guest)).body).toMatchObject({ status: 409, code: 'cart-closed' });
    const mergedInto = await ada.cartId();
    const changed = await guest.send('post', '/items', { body: line('CUP-1') });
    expect(changed.body).toMatchObject({ code: 'cart-closed', mergedInto });
    const headers = { ...sidecarHeaders('orders'), 'cart-token': guest.token };
    const read = await carts.send('get', `/internal/carts/${guest.id}`, { headers });
    expect(read.body).toMatchObject({ status: 409, code: 'cart-closed', mergedInto });
  });

  it('is not merged once it is ordered', async () => {
    const guest = await carts.guest([line('CUP-1')]);
    await order(guest.id);
    expect((await ada.merge(guest)).body).toMatchObject({ status: 409, code: 'cart-closed' });
    expect(await held()).toEqual({});
  });

  it('is taken out again when its order was on the way, once, and also before it has been added', async () => {
    await put(line('CUP-1', 2));
    const merged = await carts.guest([line('CUP-1', 3), line('TEA-1')]);
    await ada.merge(merged);
    await order(merged.id);
    await order(merged.id);
    expect(await held()).toEqual({ 'CUP-1': 2 });
    const half = await carts.guest([line('TEA-1', 4)]);
    let writes = 0;
    carts.state.beforeWrite = () => {
      writes += 1;
      if (writes === 2) throw new Error('died');
    };
    await ada.merge(half);
    carts.state.beforeWrite = () => {};
    await order(half.id);
    expect((await ada.merge(half)).body.code).toBe('cart-closed');
    expect(await held()).toEqual({ 'CUP-1': 2 });
  });
});
