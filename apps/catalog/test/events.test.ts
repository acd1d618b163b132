/** Events on stock and price: the newest version wins in any order, and readers see it at once. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { fillCategories, fillProducts } from './fill-catalogue.ts';
import { type CatalogUnderTest, openCatalog } from './shop.ts';

let shop: CatalogUnderTest;
let categories: Record<string, string>;

beforeAll(async () => {
  shop = await openCatalog();
  categories = await fillCategories(shop.db);
});
afterAll(() => shop.close());

/** A product with one variant a SKU, each with 5 left at 10.00 EUR, version 1. */
async function addProduct(slug: string, ...skus: string[]): Promise<void> {
  const variants = skus.map((sku) => ({ sku, prices: { EUR: 1_000 }, available: 5 }));
  await fillProducts(shop.db, categories, [{ slug, variants }]);
  await shop.forget();
}

const levelsOf = (...levels: { sku: string; version: number; available: number }[]) =>
  shop.deliver('stock.changed', 1, { levels });
const stockOf = (sku: string, version: number, available: number) => levelsOf({ sku, version, available });
const priceOf = (sku: string, version: number, amount: number, currency = 'EUR') =>
  shop.deliver('price.changed', version, { sku, currency, price: { amount, currency } });

async function seen(slug: string) {
  const { body } = await shop.get(`/products/${slug}`);
  const list = await shop.get('/products?limit=100');
  const item = list.body.items.find((listed: { slug: string }) => listed.slug === slug);
  return {
    available: body.variants.map(({ available }: { available: number }) => available),
    price: body.price.amount,
    listed: [item.inStock, item.price.amount],
  };
}

describe('an event', () => {
  it('on stock is seen at once in detail and list', async () => {
    await addProduct('pot', 'POT-1', 'POT-2');
    expect(await seen('pot')).toEqual({ available: [5, 5], price: 1_000, listed: [true, 1_000] });
    await stockOf('POT-1', 2, 3);
    expect((await seen('pot')).available).toEqual([3, 5]);
    await stockOf('POT-1', 3, 0);
    await stockOf('POT-2', 2, 0);
    expect(await seen('pot')).toEqual({ available: [0, 0], price: 1_000, listed: [false, 1_000] });
    await stockOf('POT-2', 3, 1);
    expect((await seen('pot')).listed).toEqual([true, 1_000]);
  });

  it('on price is seen at once in detail and list', async () => {
    await addProduct('pan', 'PAN-1', 'PAN-2');
    await seen('pan');
    await priceOf('PAN-2', 2, 700);
    expect(await seen('pan')).toMatchObject({ price: 700, listed: [true, 700] });
    await priceOf('PAN-2', 3, 1_500);
    expect(await seen('pan')).toMatchObject({ price: 1_000, listed: [true, 1_000] });
  });

  it('that is older or the same changes nothing', async () => {
    await addProduct('lid', 'LID-1');
    await stockOf('LID-1', 5, 0);
    await priceOf('LID-1', 5, 800);
    for (const version of [1, 4, 5]) {
      await stockOf('LID-1', version, 9);
      await priceOf('LID-1', version, 9_999);
    }
    expect(await seen('lid')).toEqual({ available: [0], price: 800, listed: [false, 800] });
    await stockOf('LID-1', 6, 2);
    expect((await seen('lid')).available).toEqual([2]);
  });

  it('has the same effect in any order and number', async () => {
    await addProduct('jug', 'JUG-1');
    const versions = [7, 3, 9, 2, 9, 5, 8, 3];
    await Promise.all(versions.flatMap((v) => [stockOf('JUG-1', v, v), priceOf('JUG-1', v, v * 100)]));
    expect(await seen('jug')).toEqual({ available: [9], price: 900, listed: [true, 900] });
  });

  it('may come before its product does', async () => {
    await stockOf('EARLY-1', 4, 0);
    await priceOf('EARLY-1', 4, 123, 'USD');
    const rows = await shop.db('variant_stock').select('available', 'version').where({ sku: 'EARLY-1' });
    expect(rows).toEqual([{ available: 0, version: 4 }]);
  });

  it('in a new currency makes the product appear there', async () => {
    await addProduct('urn', 'URN-1');
    expect((await shop.get('/products/urn?currency=USD')).status).toBe(404);
    await priceOf('URN-1', 1, 1_234, 'USD');
    expect((await shop.get('/products/urn?currency=USD')).body.price.amount).toBe(1_234);
    expect((await shop.get('/products?currency=USD')).body.items).toMatchObject([{ slug: 'urn' }]);
  });

  it('on the last variants of a product at once leaves it out of stock', async () => {
    const skus = ['CUP-1', 'CUP-2', 'CUP-3', 'CUP-4'];
    await addProduct('cup', ...skus);
    await Promise.all(skus.map((sku) => stockOf(sku, 2, 0)));
    expect((await seen('cup')).listed).toEqual([false, 1_000]);
  });

  it('on many levels applies each of them by its own version', async () => {
    await addProduct('tub', 'TUB-1', 'TUB-2', 'TUB-3', 'TUB-4');
    await levelsOf({ sku: 'TUB-1', version: 5, available: 2 }, { sku: 'TUB-2', version: 5, available: 0 });
    await levelsOf(
      { sku: 'TUB-1', version: 4, available: 9 },
      { sku: 'TUB-2', version: 6, available: 1 },
      { sku: 'TUB-3', version: 2, available: 7 },
      { sku: 'TUB-4', version: 2, available: 0 },
      { sku: 'TUB-EARLY', version: 2, available: 3 },
    );
    expect((await seen('tub')).available).toEqual([2, 1, 7, 0]);
    expect(await shop.db('variant_stock').select('available', 'version').where({ sku: 'TUB-EARLY' })).toEqual(
      [{ available: 3, version: 2 }],
    );
  });

  it('on levels above zero costs one statement', async () => {
    await addProduct('keg', 'KEG-1', 'KEG-2');
    const statements: string[] = [];
    const note = ({ sql }: { sql: string }) => statements.push(sql);
    shop.db.on('query', note);
    await levelsOf({ sku: 'KEG-1', version: 2, available: 4 }, { sku: 'KEG-2', version: 2, available: 1 });
    shop.db.off('query', note);
    expect(statements).toHaveLength(1);
  });
});

describe('what lies ready', () => {
  it('costs no statement, and is the same bytes', async () => {
    await addProduct('vat', 'VAT-1');
    vi.spyOn(performance, 'now').mockReturnValue(performance.now());
    const paths = ['/products?limit=3', '/products/vat', '/categories', '/search/suggestions?q=vat'];
    const askAll = () => Promise.all(paths.map((path) => shop.get(path)));
    // The first time the index looks for changes, and what was read meanwhile goes.
    await askAll();
    const before = await askAll();
    const statements: string[] = [];
    const note = ({ sql }: { sql: string }) => statements.push(sql);
    shop.db.on('query', note);
    const after = await askAll();
    shop.db.off('query', note);
    expect(after.map(({ text, headers }) => [text, headers.etag])).toEqual(
      before.map(({ text, headers }) => [text, headers.etag]),
    );
    vi.restoreAllMocks();
    expect(statements).toEqual([]);
  });
});
