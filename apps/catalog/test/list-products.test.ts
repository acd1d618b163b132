/** GET /products: filters, orders, pages and facets over a catalogue of 60. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { fillCategories, fillProducts, type SampleProduct } from './fill-catalogue.ts';
import { type CatalogUnderTest, openCatalog, slugsOf } from './shop.ts';

let shop: CatalogUnderTest;
let categories: Record<string, string>;

const leaves = ['tea', 'spices', 'lighting', 'kitchen'];
const colours = ['red', 'green', 'blue'];

/** Many share a price, a popularity and a day, so that only ids tell them apart. */
const sixty: SampleProduct[] = Array.from({ length: 60 }, (_, n) => ({
  slug: `thing-${n}`,
  brand: n % 3 === 0 ? 'Khan Nour' : 'Tamrit',
  category: leaves[n % 4]!,
  popularity: n % 5,
  publishedAt: new Date(Date.UTC(2026, 0, 1 + (n % 6), 0, 0, 0, n % 2)),
  attributes: { colour: colours[n % 3]!, pages: n % 2 === 0 ? 100 : 200 },
  variants: [{ sku: `THING-${n}`, prices: { EUR: 1_000 + (n % 7) * 100 }, available: n % 2 }],
}));

beforeAll(async () => {
  shop = await openCatalog();
  categories = await fillCategories(shop.db);
  await fillProducts(shop.db, categories, [
    ...sixty,
    { slug: 'unborn', status: 'draft' },
    { slug: 'gone', status: 'archived' },
    { slug: 'dollars-only', variants: [{ sku: 'DOLLARS', prices: { USD: 500 } }] },
  ]);
});
afterAll(() => shop.close());
afterEach(() => void vi.restoreAllMocks());

describe('the list', () => {
  const orders = ['popular', 'newest', 'price', '-price'];
  const below: Record<string, string[]> = {
    '': leaves,
    '&category=pantry': ['tea', 'spices'],
    '&category=tea': ['tea'],
    '&q=thing&minPrice=0': leaves,
    '&q=thing&category=home': ['lighting', 'kitchen'],
  };
  it.each(orders.flatMap((order) => Object.keys(below).map((category) => [order, category])))(
    'in order %s%s has every published product once, whatever the size of its pages',
    async (order, category) => {
      const sort = `${order}${category}`;
      const whole = slugsOf(await shop.get(`/products?sort=${sort}&limit=100`));
      const wanted = sixty.filter((product) => below[category!]!.includes(product.category!));
      expect(whole.toSorted()).toEqual(wanted.map(({ slug }) => slug).toSorted());
      for (const limit of [1, 7, 60]) {
        const walked: string[] = [];
        let cursor: string | null = '';
        while (cursor !== null) {
          const page = await shop.get(
            `/products?sort=${sort}&limit=${limit}${cursor && `&cursor=${cursor}`}`,
          );
          walked.push(...slugsOf(page));
          cursor = page.body.nextCursor;
        }
        expect(walked).toEqual(whole);
      }
    },
  );

  it('is sorted as asked', async () => {
    const { body } = await shop.get('/products?sort=price&limit=100');
    const prices = body.items.map((item: { price: { amount: number } }) => item.price.amount);
    expect(prices).toEqual(prices.toSorted((a: number, b: number) => a - b));
    const dearest = await shop.get('/products?sort=-price&limit=1');
    expect(dearest.body.items[0].price).toEqual({ amount: 1_600, currency: 'EUR' });
    expect(dearest.headers['cache-control']).toBe('no-cache');
  });

  it.each([
    ['category=tea', (n: number) => n % 4 === 0],
    ['category=home', (n: number) => n % 4 >= 2],
    ['brand=Khan%20Nour', (n: number) => n % 3 === 0],
    ['brand=khan%20nour', (n: number) => n % 3 === 0],
    ['minPrice=1200&maxPrice=1300', (n: number) => n % 7 === 2 || n % 7 === 3],
    ['attr.colour=red', (n: number) => n % 3 === 0],
    ['attr.colour=red&attr.pages=100', (n: number) => n % 6 === 0],
    ['attr.colour=red&category=pantry&q=thing', (n: number) => n % 3 === 0 && n % 4 < 2],
    ['category=unknown', () => false],
    ['brand=unknown', () => false],
    ['attr.unknown=x', () => false],
    ['minPrice=1300&maxPrice=1200', () => false],
    ['currency=EUR&country=DE', () => true],
    ['q=', () => true],
  ])('with %s holds exactly those', async (query, wanted) => {
    const found = slugsOf(await shop.get(`/products?limit=100&${query}`));
    const expected = sixty.filter((_, n) => wanted(n)).map(({ slug }) => slug);
    expect(found.toSorted()).toEqual(expected.toSorted());
  });

  it('in another currency holds what has a price in it', async () => {
    const { body } = await shop.get('/products?currency=USD');
    expect(body.items).toMatchObject([{ slug: 'dollars-only', price: { amount: 500, currency: 'USD' } }]);
  });

  it('tells whether anything is left', async () => {
    const { body } = await shop.get('/products?limit=100');
    const left = body.items.filter((item: { inStock: boolean }) => item.inStock);
    expect(left).toHaveLength(30);
  });
});

describe('facets', () => {
  const countsOf = (body: { facets: Facet[] }, name: string) =>
    Object.fromEntries(
      body.facets.find((facet) => facet.name === name)?.values.map(({ value, count }) => [value, count]) ??
        [],
    );

  it('count the whole list, not the page, and roots with all below them', async () => {
    const { body } = await shop.get('/products?limit=1');
    expect(countsOf(body, 'category')).toEqual({
      home: 30,
      pantry: 30,
      tea: 15,
      spices: 15,
      lighting: 15,
      kitchen: 15,
    });
    expect(countsOf(body, 'brand')).toEqual({ 'Khan Nour': 20, Tamrit: 40 });
    expect(countsOf(body, 'attr.colour')).toEqual({});
    const narrowed = await shop.get('/products?limit=1&category=pantry');
    expect(countsOf(narrowed.body, 'attr.colour')).toEqual({ red: 10, green: 10, blue: 10 });
  });

  it('do not narrow themselves, but each other', async () => {
    const { body } = await shop.get('/products?category=tea&brand=Tamrit&attr.colour=green');
    const pass = (test: (n: number) => boolean) => sixty.filter((_, n) => test(n)).length;
    expect(countsOf(body, 'brand')).toEqual({ Tamrit: pass((n) => n % 4 === 0 && n % 3 === 1) });
    expect(countsOf(body, 'category').spices).toBe(pass((n) => n % 4 === 1 && n % 3 === 1));
    expect(countsOf(body, 'attr.colour')).toEqual({
      green: pass((n) => n % 4 === 0 && n % 3 === 1),
      blue: pass((n) => n % 4 === 0 && n % 3 === 2),
    });
  });

  it('that are asked for again and again are counted anew, not given again', async () => {
    const path = '/products?brand=Often';
    const counted = async () => (await shop.get(path)).body.facets[0]?.values[0].count;
    await fillProducts(shop.db, categories, [{ slug: 'often-1', brand: 'Often' }]);
    await shop.forget();
    expect(await counted()).toBe(1);
    await fillProducts(shop.db, categories, [{ slug: 'often-2', brand: 'Often' }]);
    let laterMs = 0;
    const now = performance.now.bind(performance);
    vi.spyOn(performance, 'now').mockImplementation(() => now() + laterMs);
    for (laterMs of [2_000, 4_000, 6_000]) {
      await shop.forget();
      await counted();
    }
    await shop.forget();
    await expect.poll(counted).toBe(2);
  });

  it('say exactly how many products a click would leave', async () => {
    const { body } = await shop.get('/products?minPrice=1100&q=thing');
    for (const { name, values } of body.facets as Facet[]) {
      for (const { value, count } of values) {
        const left = await shop.get(
          `/products?minPrice=1100&q=thing&limit=100&${name}=${encodeURIComponent(value)}`,
        );
        expect([name, value, left.body.items.length]).toEqual([name, value, count]);
      }
    }
  });
});

interface Facet {
  name: string;
  values: { value: string; count: number }[];
}
