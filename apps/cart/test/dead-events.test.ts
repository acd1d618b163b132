/** Dead events of a service without tables: listed and sent again by staff, and never more than 200. */
import { newId } from '@souk/kit/identifier';
import { beforeEach, describe, expect, it } from 'vitest';
import { asStaff } from '../../../test/support/tokens.ts';
import { openDeadEvents } from '../src/dead-events.ts';
import { type Carts, openCarts } from './cart-under-test.ts';

let carts: Carts;
let owner: { authorization: string };
beforeEach(async () => {
  carts = await openCarts();
  owner = await asStaff(['owner']);
});

const path = '/admin/cart/dead-events';
const list = (query = '') => carts.send('get', `${path}${query}`, { headers: owner });
const redrive = (id: string, key = newId()) =>
  carts.send('post', `${path}/${id}/redrive`, { headers: { ...owner, 'idempotency-key': key } });

/** An order.confirmed that could not be applied. */
async function bury(cartId: string, id = newId()) {
  const data = { id, type: 'order.confirmed', at: new Date().toISOString(), subject: 'O1', version: 2 };
  const event = { ...data, payload: { cartId, orderId: newId() }, traceparent: undefined } as const;
  await carts.built.keepDead!({ ...event, type: 'order.confirmed' }, 'no such state');
  return id;
}

describe('dead events', () => {
  it('are listed newest first, page by page, each once, with their reason', async () => {
    const ids = [newId(), newId(), newId()];
    for (const id of [...ids, ids[0]!]) await bury(newId(), id);
    const first = (await list('?limit=2')).body;
    expect(first.items.map(({ id }: { id: string }) => id)).toEqual([ids[2], ids[1]]);
    expect(first.items[0]).toMatchObject({ topic: 'order.confirmed', reason: 'no such state' });
    const rest = (await list(`?limit=2&cursor=${first.nextCursor}`)).body;
    expect([rest.items[0].id, rest.items.length, rest.nextCursor]).toEqual([ids[0], 1, null]);
  });

  it('are applied again and then gone; a key has one answer', async () => {
    const guest = await carts.guest([{ sku: 'CUP-1', quantity: 1 }]);
    const id = await bury(guest.id);
    const key = newId();
    expect((await redrive(id, key)).body).toEqual({ id });
    expect((await guest.send('get', '')).body.closedBy).not.toBeNull();
    expect((await list()).body.items).toEqual([]);
    expect((await redrive(id, key)).body).toEqual({ id });
    expect((await redrive(id)).status).toBe(404);
    const other = await bury(guest.id);
    expect((await redrive(other, key)).body.code).toBe('idempotency-key-reused');
    const headers = owner;
    expect((await carts.send('post', `${path}/${other}/redrive`, { headers })).status).toBe(400);
  });

  it('are kept when they fail again', async () => {
    const guest = await carts.guest([{ sku: 'CUP-1', quantity: 1 }]);
    const id = await bury(guest.id);
    carts.state.beforeWrite = () => {
      throw new Error('the store is full');
    };
    const refused = await redrive(id);
    carts.state.beforeWrite = () => {};
    expect(refused.body).toMatchObject({ status: 409, code: 'still-failing', detail: 'the store is full' });
    expect((await list()).body.items).toHaveLength(1);
  });

  it('are no concern of guests, customers and staff without the permission', async () => {
    expect((await carts.send('get', path)).status).toBe(401);
    const { headers } = await carts.customer();
    expect((await carts.send('get', path, { headers })).status).toBe(403);
    expect((await carts.send('get', path, { headers: await asStaff(['support']) })).status).toBe(403);
  });

  it('are 200 at most, the newest, also when several processes keep them at once', async () => {
    const given = { dapr: { state: () => carts.state }, log: undefined, now: () => new Date() } as never;
    const shelves = [openDeadEvents(given), openDeadEvents(given)];
    const event = { type: 'order.confirmed' as const, at: '', subject: '', version: 1, payload: {} };
    for (let index = 0; index < 101; index += 1) {
      const kept = shelves.map(({ keep }) => keep({ ...event, id: newId(), traceparent: undefined }, 'x'));
      await Promise.all(kept);
    }
    const events = Object.keys(carts.state.contents()).filter((key) => key.startsWith('dead-event:'));
    expect(events).toHaveLength(200);
    expect(await shelves[0]!.list({ limit: 300 })).toHaveLength(200);
  });
});
