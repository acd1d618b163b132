/** The index follows the tables: what staff, events or somebody with SQL have changed is found as it is now. */
import { once } from 'node:events';
import { reply } from '@souk/kit/routes';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { keepProductIndex } from '../src/product-index-upkeep.ts';
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
    const reads = count(/from `product_attributes`/);
    const fresh = createShelf(shop.db);
    const all = await Promise.all(Array.from({ length: 10 }, () => found({}, fresh)));
    expect(all).toEqual(Array.from({ length: 10 }, () => 620));
    expect(reads()).toBe(3);
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

  it('has its words sorted when products have been read, not when somebody types', async () => {
    const fresh = createShelf(shop.db);
    const sortsOf = async (text: string) => {
      const [index, tree] = await Promise.all([fresh.index(), fresh.tree()]);
      const sort = vi.spyOn(Array.prototype, 'sort');
      const words = [{ text, unfinished: true }];
      const { count } = index.find({ currency: 'EUR', attributes: [], words }, tree);
      const sorts = sort.mock.calls.length;
      sort.mockRestore();
      return { count, sorts };
    };
    expect(await sortsOf('thing61')).toEqual({ count: 11, sorts: 0 });
    await shop.db('products').where({ slug: 'thing-4' }).update({ name: 'Quokka' });
    await fresh.look();
    expect(await sortsOf('quok')).toEqual({ count: 1, sorts: 0 });
  });

  it('is as the tables are right after this process has said that something changed', async () => {
    await fillProducts(shop.db, categories, [{ slug: 'brandnew', name: 'Brandnew' }]);
    shelf.clear();
    expect(await named('brandnew')).toBe(1);
    // A look that has read the rows already, and is held up by what it reads of the product.
    const listing = () => shop.db('listings').where({ slug: 'brandnew', currency: 'EUR' });
    await listing().update({ min_price: 55 });
    let changed: Promise<number> | undefined;
    await whileAttributesAreLocked(async () => {
      void shelf.look();
      await expect.poll(waiting).toBe(1);
      await listing().update({ min_price: 66 });
      shelf.drop([], true);
      changed = named('brandnew', { minPrice: 66, maxPrice: 66 });
    });
    expect(await changed).toBe(1);
  });

  it('reads more changes than a look tells apart, also when a row changes twice within a second', async () => {
    await shop.db.raw('UPDATE variant_stock SET available = available + 1');
    await shop.db.raw('UPDATE variant_prices SET amount = amount + 1000');
    for (let times = 0; times < 2; times += 1) {
      await shop.db.raw('UPDATE products SET version = version + 1');
      await shop.db('listings').where({ currency: 'EUR' }).increment('min_price', 1_000);
      await shelf.look();
    }
    expect(await found({ maxPrice: 2_006 })).toBe(0);
    expect(await found({ maxPrice: 2_050 })).toBe(1);
  });

  it('follows a change while all of it is read anew', async () => {
    const { index, read } = keepProductIndex(shop.db, () => {});
    await read('all');
    const { id } = await shop.db('products').where({ slug: 'thing-5' }).first('id');
    await shop.db('products').where({ id }).update({ name: 'Meanwhile' });
    const chunksRead = count(/^select `id`, `name`/);
    await read('all');
    await read([id]);
    // All are three chunks: by now one of them has been read, and the product.
    expect(chunksRead()).toBe(2);
    expect(await named('meanwhile', {}, { ...shelf, index: async () => index })).toBe(1);
    await expect.poll(chunksRead).toBe(4);
  });

  it('loses what was deleted by somebody with SQL when it is read anew', async () => {
    const { id } = await shop.db('products').where({ slug: 'thing-9' }).first('id');
    const variants = shop.db('variants').where({ product_id: id });
    await shop.db('listings').where({ product_id: id }).delete();
    await variants.delete();
    await shop.db('products').where({ id }).delete();
    expect(await named('thing9')).toBe(1);
    await shelf.reread();
    await expect.poll(() => named('thing9')).toBe(0);
  });

  it('is built anew, while it answers as before, when nobody could look for a while; then answers go', async () => {
    const late = createShelf(shop.db);
    await late.look();
    await fillProducts(shop.db, categories, [{ slug: 'missed', name: 'Missed' }]);
    for (const table of ['products', 'listings']) {
      await shop.db(table).where({ slug: 'missed' }).update({ changed_at: '2026-01-01' });
    }
    const now = performance.now.bind(performance);
    vi.spyOn(performance, 'now').mockImplementation(() => now() + 6_000);
    await whileAttributesAreLocked(async () => {
      await late.look();
      expect(await named('missed', {}, late)).toBe(0);
      await late.lists.get('made of the old', async () => ({ value: reply(200) }));
    });
    await expect.poll(() => named('missed', {}, late)).toBe(1);
    await expect.poll(() => late.lists.peek('made of the old')).toBeUndefined();
  });

  it.each([0, 6_000])(
    'reads what it could not read as soon as it can, %i ms after the last look',
    async (laterMs) => {
      const late = createShelf(shop.db);
      await late.look();
      const now = performance.now.bind(performance);
      vi.spyOn(performance, 'now').mockImplementation(() => now() + laterMs);
      await shop
        .db('products')
        .where({ slug: 'thing-4' })
        .update({ name: `Persistent${laterMs}` });
      await shop.db.raw('RENAME TABLE product_attributes TO elsewhere');
      const failed = once(shop.db, 'query-error');
      // What is read in the background fails there.
      if (laterMs === 0) await expect(late.look()).rejects.toThrow(/product_attributes/);
      else await late.look();
      await failed;
      await shop.db.raw('RENAME TABLE elsewhere TO product_attributes');
      await late.look();
      await expect.poll(() => named(`persistent${laterMs}`, {}, late)).toBe(1);
    },
  );
});

/** Counts statements that look so, from now on. */
function count(like: RegExp): () => number {
  let seen = 0;
  shop.db.on('query', ({ sql }: { sql: string }) => {
    seen += Number(like.test(sql));
  });
  return () => seen;
}

/** Meanwhile whoever reads what the index wants to know waits. */
async function whileAttributesAreLocked(work: () => Promise<void>): Promise<void> {
  await shop.db.transaction(async (tx) => {
    await tx.raw('LOCK TABLES product_attributes WRITE');
    await work().finally(() => tx.raw('UNLOCK TABLES'));
  });
}

/** How many statements wait for a lock on a table. */
async function waiting(): Promise<number> {
  const [[{ count }]] = await shop.db.raw(
    "SELECT COUNT(*) AS count FROM information_schema.processlist WHERE db = DATABASE() AND state LIKE 'Waiting for table%'",
  );
  return count;
}
