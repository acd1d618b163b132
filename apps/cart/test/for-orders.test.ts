/** What carts are to orders: read once, closed once. */
import { newId } from '@souk/kit/identifier';
import supertest from 'supertest';
import { beforeEach, describe, expect, it } from 'vitest';
import { sidecarHeaders } from '../../../test/support/service-under-test.ts';
import { type Carts, delivery, openCarts } from './cart-under-test.ts';

let carts: Carts;
beforeEach(async () => {
  carts = await openCarts();
});

const items = [{ sku: 'CUP-1', quantity: 2 }];
const confirm = (cartId: string, orderId: string) => {
  const at = new Date().toISOString();
  const data = { id: newId(), type: 'order.confirmed', at, subject: orderId, version: 2 };
  return supertest(carts.app)
    .post('/events/order.confirmed')
    .set(sidecarHeaders())
    .send({ specversion: '1.0', id: data.id, data: { ...data, payload: { cartId, orderId } } });
};

describe('GET /internal/carts/{id}', () => {
  it('shows orders what the owner wants, by one read and no further hop', async () => {
    const guest = await carts.guest(items);
    await guest.send('put', '/delivery', { body: delivery });
    const [readsBefore, hopsBefore] = [carts.state.calls.get, carts.neighbours.calls.length];
    const headers = { ...sidecarHeaders('orders'), 'cart-token': guest.token };
    const read = await carts.send('get', `/internal/carts/${guest.id}`, { headers });
    const named = items.map((item) => ({ ...item, name: `Article ${item.sku}` }));
    expect(read.body).toEqual({ id: guest.id, currency: 'EUR', items: named, delivery, closedBy: null });
    expect(carts.state.calls.get - readsBefore).toBe(1);
    expect(carts.neighbours.calls.length).toBe(hopsBefore);
  });

  it('shows nothing without the token, and nothing to others', async () => {
    const guest = await carts.guest(items);
    const read = (headers: Record<string, string>) =>
      carts.send('get', `/internal/carts/${guest.id}`, { headers });
    expect((await read(sidecarHeaders('orders'))).status).toBe(404);
    expect((await read({ ...sidecarHeaders('pricing'), 'cart-token': guest.token })).status).toBe(403);
    expect((await read({ 'cart-token': guest.token })).status).toBe(401);
  });
});

describe('order.confirmed', () => {
  it('closes the cart for good, once, and lets it live for another week', async () => {
    const guest = await carts.guest(items);
    const orderId = newId();
    await confirm(guest.id, orderId).expect(200);
    await confirm(guest.id, orderId).expect(200);
    await confirm(guest.id, newId()).expect(200);
    const { body } = await guest.send('get', '');
    expect(body.closedBy).toBe(orderId);
    expect(carts.state.ttlOf(`cart:${guest.id}`)).toBe(7 * 24 * 3_600);
    const refused = await guest.send('post', '/items', { body: items[0] });
    expect(refused.body).toMatchObject({ status: 409, code: 'cart-closed', orderId });
  });

  it('is done with when the cart is no more', async () => {
    const guest = await carts.guest(items);
    carts.state.clear();
    await confirm(guest.id, newId()).expect(200);
  });

  it('wins against an edit at the same time: one is kept whole, and the cart ends closed', async () => {
    const guest = await carts.guest(items);
    const twin = carts.twin();
    const headers = { 'cart-token': guest.token };
    const path = `/carts/${guest.id}/items/CUP-1`;
    const [, edited] = await Promise.all([
      confirm(guest.id, newId()),
      twin('put', path, { body: { quantity: 9 }, headers }),
    ]);
    expect([200, 409]).toContain(edited.status);
    const { body } = await guest.send('get', '');
    expect(body.closedBy).not.toBeNull();
    expect(body.lines[0].quantity).toBe(edited.status === 200 ? 9 : 2);
  });
});
