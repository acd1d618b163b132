/** Pages of lists: the right ones, and how much of the table is read for one, wherever it begins. */
import type { Currency } from '@souk/contracts/money';
import type { Database } from '@souk/kit/db';
import { newId } from '@souk/kit/identifier';
import type { Sort } from '@souk/product-index/product-page';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDatabase, rowsRead, type TestDatabase } from '../../../test/support/database.ts';
import { selectListings } from '../src/listing-store.ts';

let database: TestDatabase;
const categories = Array.from({ length: 3 }, newId);
/** Few values, so that many are equal; the last category has the dearest, so that no index but its own finds them soon. */
const rows = Array.from({ length: 3_000 }, (_, place) => ({
  ...{ product_id: newId(), currency: 'EUR', slug: `thing-${place}`, name: 'Thing', brand: 'Tamrit' },
  ...{ category_id: categories[place % 3]!, image: 'thing.svg', in_stock: 1 },
  ...{ popularity: (place * 7) % 40, min_price: ((place * 11) % 30) + 100 * (place % 3) },
  published_at: new Date(Date.UTC(2026, 0, 1 + ((place * 13) % 25))),
}));
const rankOf: Record<Sort, (row: (typeof rows)[number]) => number> = {
  popular: ({ popularity }) => -popularity,
  newest: ({ published_at }) => -published_at,
  price: (row) => row.min_price,
  '-price': (row) => -row.min_price,
};

beforeAll(async () => {
  database = await openTestDatabase('catalog');
  await database.db.batchInsert('listings', rows, 500);
  await database.db.raw('ANALYZE TABLE listings');
});
afterAll(() => database.close());

const limit = 10;
const kinds = { whole: undefined, 'of one category': categories.slice(2), 'of three categories': categories };
const cases = (Object.keys(rankOf) as Sort[]).flatMap((sort) =>
  (Object.keys(kinds) as (keyof typeof kinds)[]).map((kind) => ({ sort, kind })),
);

describe.each(cases)('the list in order $sort, $kind', ({ sort, kind }) => {
  const categoryIds = kinds[kind];
  const forward = sort === 'price' ? 1 : -1;
  const sorted = rows
    .filter(({ category_id }) => !categoryIds || categoryIds.includes(category_id))
    .toSorted(
      (a, b) => rankOf[sort](a) - rankOf[sort](b) || forward * (a.product_id < b.product_id ? -1 : 1),
    );

  it.each([0, 0.5, 0.9])('begins at %d of it with the right page, and reads little more', async (share) => {
    const from = Math.floor(sorted.length * share);
    const last = from === 0 ? undefined : sorted[from - 1]!;
    const after = last && { value: Math.abs(rankOf[sort](last)), id: last.product_id };
    const filter = { currency: 'EUR' as Currency, ...(categoryIds && { categoryIds }) };
    await database.db.transaction(async (tx) => {
      const before = await rowsRead(tx);
      const page = await selectListings(tx as Database, filter, { sort, limit, after });
      const read = (await rowsRead(tx)) - before;
      expect(page.rows.map(({ id }) => id)).toEqual(
        sorted.slice(from, from + limit).map(({ product_id }) => product_id),
      );
      // A temporary table of the parts is read too.
      expect(read).toBeLessThan(150);
    });
  });
});
