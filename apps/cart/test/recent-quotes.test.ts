/** The quote after the delivery is the one that the delivery was answered with, as long as it can still be true. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Carts, delivery, type Guest, openCarts } from './cart-under-test.ts';

let shop: Carts;
let guest: Guest;
let nowMs = 0;

beforeEach(async () => {
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  shop = await openCarts();
  guest = await shop.guest([{ sku: 'CUP-1', quantity: 1 }]);
});
afterEach(() => void vi.restoreAllMocks());

const asked = () => shop.neighbours.calls.filter((call) => call.startsWith('pricing')).length;
const deliver = async () => (await guest.send('put', '/delivery', { body: delivery })).body.quote;
const quote = async () => (await guest.send('get', '/quote')).body;

describe('the quote after the delivery', () => {
  it('is the same for a second, without asking pricing, counted from when it was asked', async () => {
    shop.neighbours.beforePricing = async () => {
      nowMs += 400;
    };
    const first = await deliver();
    shop.neighbours.prices.set('CUP-1', 600);
    const before = asked();
    nowMs += 599;
    expect(await quote()).toEqual(first);
    expect(asked()).toBe(before);
    nowMs += 1;
    expect((await quote()).total.amount).toBe(first.total.amount + 100);
  });

  it('is another one once the cart has changed, wherever that was', async () => {
    const first = await deliver();
    const body = { sku: 'CUP-1', quantity: 1 };
    await shop.twin()('post', `/carts/${guest.id}/items`, { body, headers: { 'cart-token': guest.token } });
    expect((await quote()).total.amount).toBe(first.total.amount + 500);
  });

  it('is none once the client has seen that there is none', async () => {
    await deliver();
    shop.neighbours.prices.delete('CUP-1');
    expect((await guest.send('get', '')).body.problems).toEqual(['unknown-sku']);
    expect(await quote()).toMatchObject({ status: 409, code: 'unknown-sku' });
  });
});
