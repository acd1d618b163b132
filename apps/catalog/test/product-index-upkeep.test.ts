/** The index follows the tables: what staff, events or somebody with SQL have changed is found as it is now. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createShelf, type Shelf } from '../src/shelf.ts';
import { fillCategories, fillProducts } from './fill-catalogue.ts';
import { type CatalogUnderTest, openCatalog } from './shop.ts';

let shop: CatalogUnderTest;
let categories: Record<string, string>;
let shelf: Shelf;

/** More than a chunk and no multiple of it, so that a build takes several and ends in the middle of one. */
const many = Array.from({ length: 620 }, (_, n) => ({
  slug: `thing-${n}`,
  name: `Thing${n}`,
  variants: [{ sku: `THING-${n}`, prices: { EUR: 100 + n } }],
}));

beforeAll(async () => {
  shop = await openCatalog();
  categories = await fillCategories(shop.db);
  await fillProducts(shop.db, categories, many);
  shelf = createShelf(shop.db);
});
afterAll(() => shop.close());
afterEach(() => void vi.restoreAllMocks());

const found = async (parts: object, of = shelf) => {
  const [index, tree] = await Promise.all([of.index(), of.tree()]);
  return index.find({ currency: 'EUR', attributes: [], ...parts }, tree).count;
};
const named = (text: string, parts: object = {}, of = shelf) =>
  found({ words: [{ text, unfinished: false }], ...parts }, of);

describe('the index of products', () => {
  it('has all that are published, each once, when it is asked for the first time', async () => {
    expect(await found({})).toBe(620);
    expect(await named('thing619', { minPrice: 719, maxPrice: 719 })).toBe(1);
  });

  it('is asked for by many while it is built, and built once', async () => {
    let reads = 0;
    const note = ({ sql }: { sql: string }) => {
      if (/from `product_attributes`/.test(sql)) reads += 1;
    };
    shop.db.on('query', note);
    const fresh = createShelf(shop.db);
    const all = await Promise.all(Array.from({ length: 10 }, () => found({}, fresh)));
    shop.db.off('query', note);
    expect(all).toEqual(Array.from({ length: 10 }, () => 620));
    expect(reads).toBe(3);
  });

  it('follows prices, words and what is withdrawn, and leaves the others alone', async () => {
    const { db } = shop;
    await db('listings').where({ slug: 'thing-1', currency: 'EUR' }).update({ min_price: 7 });
    await db('products').where({ slug: 'thing-2' }).update({ name: 'Zeppelin' });
    await db('products').where({ slug: 'thing-3' }).update({ status: 'archived' });
    await shelf.look();
    expect(await named('thing1', { maxPrice: 7 })).toBe(1);
    expect(await named('zeppelin')).toBe(1);
    expect(await named('thing2')).toBe(0);
    expect(await named('thing3')).toBe(0);
    expect(await found({})).toBe(619);
  });

  it('is as the tables are right after this process has said that something changed', async () => {
    await fillProducts(shop.db, categories, [{ slug: 'brandnew', name: 'Brandnew' }]);
    shelf.clear();
    expect(await named('brandnew')).toBe(1);
    await shop.db('products').where({ slug: 'brandnew' }).update({ name: 'Renamed' });
    // A look that has begun before may not have seen it.
    const begun = shelf.look();
    shelf.drop([], true);
    expect(await named('renamed')).toBe(1);
    await begun;
  });

  it('reads more changes than a look tells apart', async () => {
    await shop.db.raw("UPDATE listings SET min_price = min_price + 1000 WHERE currency = 'EUR'");
    await shop.db.raw('UPDATE variant_stock SET available = available + 1');
    await shop.db.raw('UPDATE variant_prices SET amount = amount + 1000');
    await shelf.look();
    expect(await found({ maxPrice: 1_006 })).toBe(0);
    expect(await found({ maxPrice: 1_099 })).toBe(1);
  });

  it('is built anew, while it answers as before, when nobody could look for a while', async () => {
    const late = createShelf(shop.db);
    await late.look();
    await fillProducts(shop.db, categories, [{ slug: 'missed', name: 'Missed' }]);
    for (const table of ['products', 'listings']) {
      await shop.db(table).where({ slug: 'missed' }).update({ changed_at: '2026-01-01' });
    }
    const now = performance.now.bind(performance);
    vi.spyOn(performance, 'now').mockImplementation(() => now() + 6_000);
    await shop.db.transaction(async (tx) => {
      // Whoever builds waits for it.
      await tx.raw('LOCK TABLES product_attributes WRITE');
      await late.look();
      expect(await named('missed', {}, late)).toBe(0);
      await tx.raw('UNLOCK TABLES');
    });
    await expect.poll(() => named('missed', {}, late)).toBe(1);
  });
});
