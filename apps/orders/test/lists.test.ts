/** Lists of orders: how much of the table is read for a page, wherever it begins. */
import { newId } from '@souk/kit/identifier';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { rowsRead, type TestDatabase } from '../../../test/support/database.ts';
import { listOrders } from '../src/read-order-store.ts';
import { openOrdersDatabase } from './orders-under-test.ts';

let database: TestDatabase;
const ids = Array.from({ length: 3_000 }, newId).toSorted();
const stateOf = (place: number) => (place % 3 === 0 ? ('cancelled' as const) : ('delivered' as const));

beforeAll(async () => {
  database = await openOrdersDatabase();
  const rows = ids.map((id, place) => ({
    ...{
      id,
      cart_id: id,
      customer_id: ids[place % 100]!,
      state: stateOf(place),
      email: `${place % 100}@example.org`,
    },
    ...{ currency: 'EUR', total: 1, delivery: '{}', quote: '{}', names: '{}', payment: '{}' },
    ...{ confirmed_at: new Date(), expires_at: new Date() },
  }));
  await database.db.batchInsert('orders', rows, 500);
  await database.db.raw('ANALYZE TABLE orders');
});
afterAll(() => database.close());

const middle = ids[1_500]!;

it.each([
  ['of a state', { state: 'delivered' as const }],
  ['of a rarer state', { state: 'cancelled' as const }],
  ['of all', {}],
  ['of a customer', { customerId: ids[7]!, confirmedOnly: true }],
  ['of a mail address', { email: '7@example.org' }],
])('a page %s in the middle of the table reads little more than itself', async (_, filter) => {
  await database.db.transaction(async (tx) => {
    const before = await rowsRead(tx);
    const page = await listOrders(tx, { ...filter, beforeId: middle }, 10);
    const read = (await rowsRead(tx)) - before;
    expect(page).toHaveLength(10);
    expect(page.map(({ id }) => id)).toEqual(expected(filter).slice(0, 10));
    expect(read).toBeLessThan(40);
  });
});

function expected({ state, customerId, email }: Parameters<typeof listOrders>[1]): string[] {
  return ids
    .filter(
      (id, place) =>
        id < middle &&
        (!state || stateOf(place) === state) &&
        (!customerId || ids[place % 100] === customerId) &&
        (!email || `${place % 100}@example.org` === email),
    )
    .toReversed();
}
