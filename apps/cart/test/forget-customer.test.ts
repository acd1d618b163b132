/** A customer who is erased leaves nothing in carts, and gets all that carts know before, if they ask for it. */
import { newId } from '@souk/kit/identifier';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Carts, type Customer, delivery, openCarts } from './cart-under-test.ts';

let carts: Carts;
let ada: Customer;
beforeEach(async () => {
  carts = await openCarts();
  ada = await carts.customer();
});

const items = [{ sku: 'CUP-1', quantity: 2 }];
const erase = (round = 1) => carts.deliver('customer.erased', { customerId: ada.id, round });

/** A customer with an ordered cart, an open one with a guest's in it, and an event that could not be applied. */
async function withHistory() {
  const first = await ada.cartId();
  await carts.deliver('order.confirmed', { cartId: first, orderId: newId() }).expect(200);
  const guest = await carts.guest(items);
  await ada.merge(guest);
  const open = await ada.cartId();
  await ada.send('put', `/carts/${open}/delivery`, { body: delivery });
  const event = { customerId: ada.id, email: delivery.email };
  await carts.deliver('dead-letters', event).expect(200);
  return { ids: [first, open, guest.id], open };
}

describe('customer.erased', () => {
  it('leaves neither carts nor dead events nor a name of them, and says so', async () => {
    const { ids } = await withHistory();
    const other = await carts.guest(items);
    await erase().expect(200);
    const kept = carts.state.contents();
    expect(JSON.stringify(Object.values(kept))).not.toMatch(
      new RegExp([ada.id, 'Ada', 'CUP-1.*x'].join('|')),
    );
    for (const id of ids) expect(kept[`cart:${id}`]).toBe('{"erased":true}');
    expect(kept['dead-events']).toBe('[]');
    expect(carts.state.ttlOf(`owner:${ada.id}`)).toBe(3_600);
    expect((await other.send('get', '')).body.lines).toHaveLength(1);
    const [published] = carts.broker.published;
    expect(published!.data).toMatchObject({
      ...{ id: published!.id, type: 'erasure.completed', subject: ada.id },
      payload: { customerId: ada.id, round: 1, service: 'cart', openCount: 0 },
    });
  });

  it('makes the customer’s token worthless here, and what is under way come to nothing', async () => {
    const { open } = await withHistory();
    carts.neighbours.beforePricing = async () => {
      carts.neighbours.beforePricing = async () => {};
      await erase().expect(200);
    };
    const changed = await ada.send('post', `/carts/${open}/items`, { body: items[0]! });
    expect(changed.status).toBe(404);
    expect((await ada.send('get', '/me/cart')).status).toBe(404);
    expect((await ada.send('post', '/carts', { body: { currency: 'EUR' } })).status).toBe(404);
    expect(carts.state.contents()[`cart:${open}`]).toBe('{"erased":true}');
  });

  it('comes to an end when it is repeated after any write, and answers each round', async () => {
    await withHistory();
    for (let failing = 1; ; failing += 1) {
      let writes = 0;
      carts.state.beforeWrite = () => {
        writes += 1;
        if (writes === failing) throw new Error('died');
      };
      const { status } = await erase(failing);
      if (status === 200) break;
    }
    carts.state.beforeWrite = () => {};
    expect(JSON.stringify(Object.values(carts.state.contents()))).not.toContain('Ada');
    carts.broker.away = true;
    await erase(20).expect(500);
    carts.broker.away = false;
    await erase(20).expect(200);
    const rounds = carts.broker.published.map(({ data }) => (data as { version: number }).version);
    expect(rounds.at(-1)).toBe(20);
  });
});

describe('export.requested', () => {
  it('is answered with what the carts hold, or with nothing, in one part', async () => {
    const { open } = await withHistory();
    const stranger = newId();
    for (const customerId of [ada.id, stranger])
      await carts.deliver('export.requested', { customerId, exportId: newId() }).expect(200);
    const payloads = carts.broker.published.map(({ data }) => (data as { payload: object }).payload);
    expect(payloads[0]).toMatchObject({ customerId: ada.id, service: 'cart', part: 1, parts: 1 });
    const { data } = payloads[0] as { data: { carts: object[] } };
    expect(data.carts).toHaveLength(2);
    expect(data.carts[1]).toMatchObject({ id: open, items, delivery });
    expect(payloads[1]).toMatchObject({ customerId: stranger, data: { carts: [] } });
  });
});
