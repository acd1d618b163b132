/** What lies ready stays while nothing changes, and goes when any process, or a person with SQL, changes a row. */
import { reply } from '@souk/kit/routes';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createShelf, type Shelf } from '../src/shelf.ts';
import { fillCategories, fillProducts } from './fill-catalogue.ts';
import { type CatalogUnderTest, openCatalog } from './shop.ts';

let shop: CatalogUnderTest;
let shelf: Shelf;
let nowMs = 0;

beforeAll(async () => {
  shop = await openCatalog();
  const categories = await fillCategories(shop.db);
  const variantsOf = (sku: string) => [{ sku, prices: { EUR: 1_000 }, available: 5 }];
  await fillProducts(shop.db, categories, [
    { slug: 'pot', variants: variantsOf('POT-1') },
    { slug: 'pan', variants: variantsOf('PAN-1') },
  ]);
});
afterAll(() => shop.close());

beforeEach(async () => {
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  shelf = createShelf(shop.db);
  await shelf.look();
  await put('details', 'pot', ['POT-1', await idOf('pot')]);
  await put('details', 'pan', ['PAN-1', await idOf('pan')]);
  await put('lists', 'list');
});
afterEach(() => void vi.restoreAllMocks());

const idOf = async (slug: string) => (await shop.db('products').where({ slug }).first('id')).id;
const put = (place: 'details' | 'lists', key: string, tags: string[] = []) =>
  shelf[place].get(key, async () => ({ value: reply(200, key), tags }));

/** What is still there 1.6 s later, after a look. */
async function kept(): Promise<string[]> {
  nowMs += 1_600;
  await shelf.look();
  const there = [shelf.details, shelf.details, shelf.lists].map((memory, at) =>
    memory.peek(['pot', 'pan', 'list'][at]!),
  );
  return there.flatMap((answer) => (answer ? [`${answer.body}`] : []));
}

describe('what lies ready', () => {
  it('stays while somebody looks and nothing changes, and no longer', async () => {
    expect(await kept()).toEqual(['pot', 'pan', 'list']);
    expect(await kept()).toEqual(['pot', 'pan', 'list']);
    nowMs += 1_501;
    expect(shelf.details.peek('pot')).toBeUndefined();
  });

  it('goes with the stock, the price or the words of its article', async () => {
    await shop.db('variant_stock').where({ sku: 'POT-1' }).increment('available', 1);
    expect(await kept()).toEqual(['pan', 'list']);
    await shop.db('variant_prices').where({ sku: 'PAN-1' }).update({ amount: 999 });
    expect(await kept()).toEqual(['list']);
    await put('details', 'pan', [await idOf('pan')]);
    await shop.db('products').where({ slug: 'pan' }).increment('version', 1);
    expect(await kept()).toEqual([]);
  });

  it('goes with the first price of a variant that it did not show', async () => {
    const product_id = await idOf('pot');
    const id = '1'.repeat(26);
    await shop
      .db('variants')
      .insert({ id, product_id, sku: 'POT-2', position: 2, options: '{}', weight_grams: 1 });
    expect(await kept()).toEqual(['pot', 'pan', 'list']);
    await shop.db('variant_prices').insert({ sku: 'POT-2', currency: 'EUR', amount: 900, version: 1 });
    expect(await kept()).toEqual(['pan', 'list']);
  });

  it('goes, all of it, when nobody could look for a while', async () => {
    await kept();
    nowMs += 5_001;
    await shelf.look();
    expect([shelf.details.peek('pot'), shelf.lists.peek('list')]).toEqual([undefined, undefined]);
  });

  it('goes with a listing, of lists; a change is heard of once', async () => {
    await shop.db('listings').update({ in_stock: false });
    expect(await kept()).toEqual(['pot', 'pan']);
    await put('lists', 'list');
    expect(await kept()).toEqual(['pot', 'pan', 'list']);
  });

  it('goes with a category, all of it', async () => {
    const id = '0'.repeat(26);
    await shop.db('categories').insert({ id, slug: 'new', name: 'New', position: 9 });
    expect(await kept()).toEqual([]);
    await put('details', 'pot');
    await shop.db('categories').where({ id }).delete();
    expect(await kept()).toEqual([]);
  });
});
