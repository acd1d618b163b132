/** Single products, and what a cart is told of variants. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sidecarHeaders } from '../../../test/support/service-under-test.ts';
import { fillCategories, fillProducts } from './fill-catalogue.ts';
import { type CatalogUnderTest, openCatalog } from './shop.ts';

let shop: CatalogUnderTest;
let potId: string | undefined;

beforeAll(async () => {
  shop = await openCatalog();
  const categories = await fillCategories(shop.db);
  [potId] = await fillProducts(shop.db, categories, [
    {
      slug: 'copper-pot',
      name: 'Copper Pot',
      category: 'kitchen',
      description: 'Boils.',
      attributes: { material: 'copper', litres: 2, dishwasherSafe: false },
      variants: [
        { sku: 'POT-S', options: { size: 'S' }, prices: { EUR: 4_000, USD: 4_400 }, available: 0 },
        { sku: 'POT-L', options: { size: 'L' }, prices: { EUR: 3_900 }, available: 7 },
      ],
    },
    { slug: 'pan', category: 'kitchen', popularity: 1 },
    { slug: 'ladle', category: 'kitchen', popularity: 2 },
    { slug: 'lamp', category: 'lighting' },
    { slug: 'unborn', category: 'kitchen', status: 'draft' },
  ]);
});
afterAll(() => shop.close());

describe('a product', () => {
  it('is answered with its variants, what is left of them, and typed attributes', async () => {
    const { status, body } = await shop.get('/products/copper-pot?currency=EUR&country=DE');
    expect(status).toBe(200);
    expect(body).toEqual({
      id: potId,
      slug: 'copper-pot',
      name: 'Copper Pot',
      brand: 'Khan Nour',
      image: '/api/v1/media/copper-pot.svg',
      price: { amount: 3_900, currency: 'EUR' },
      inStock: true,
      rating: null,
      categories: [
        { slug: 'home', name: 'Home' },
        { slug: 'kitchen', name: 'Kitchen' },
      ],
      description: 'Boils.',
      images: ['/api/v1/media/copper-pot.svg'],
      attributes: { material: 'copper', litres: 2, dishwasherSafe: false },
      variants: [
        { sku: 'POT-S', options: { size: 'S' }, price: { amount: 4_000, currency: 'EUR' }, available: 0 },
        { sku: 'POT-L', options: { size: 'L' }, price: { amount: 3_900, currency: 'EUR' }, available: 7 },
      ],
    });
  });

  it('has only the variants that are sold in the currency', async () => {
    const { body } = await shop.get('/products/copper-pot?currency=USD');
    expect(body.variants.map(({ sku }: { sku: string }) => sku)).toEqual(['POT-S']);
    expect(body.inStock).toBe(false);
  });

  it.each(['unborn', 'unknown'])('called %s is not found', async (slug) => {
    expect((await shop.get(`/products/${slug}`)).body.code).toBe('not-found');
  });

  it('answers 304 to its own ETag, also when it comes from memory', async () => {
    const { etag } = (await shop.get('/products/pan')).headers;
    expect(etag).toMatch(/^"[\w-]{22}"$/);
    for (const sent of [etag!, `"other", ${etag}`, `W/${etag}`]) {
      const again = await shop.get('/products/pan', { 'if-none-match': sent });
      expect([again.status, again.headers.etag, again.text]).toEqual([304, etag, '']);
    }
    expect((await shop.get('/products/pan', { 'if-none-match': '"other"' })).status).toBe(200);
  });
});

describe('the tree of categories', () => {
  it('is answered from the roots down', async () => {
    const { body } = await shop.get('/categories');
    expect(body.items.map((root: { slug: string }) => root.slug)).toEqual(['home', 'pantry']);
    expect(body.items[0].children).toEqual([
      { slug: 'lighting', name: 'Lighting', children: [] },
      { slug: 'kitchen', name: 'Kitchen', children: [] },
    ]);
  });
});

describe('summaries of variants', () => {
  it('are given to the cart; unknown and unpublished ones are absent', async () => {
    const { body } = await shop.get(
      '/internal/variants?skus=POT-L,SKU-UNBORN,NOTHING',
      sidecarHeaders('cart'),
    );
    expect(body.items).toEqual([
      {
        sku: 'POT-L',
        productId: potId,
        slug: 'copper-pot',
        name: 'Copper Pot',
        image: '/api/v1/media/copper-pot.svg',
        options: { size: 'L' },
        taxClass: 'standard',
        weightGrams: 250,
      },
    ]);
  });

  it('are given to nobody else', async () => {
    expect((await shop.get('/internal/variants?skus=POT-L')).status).toBe(401);
    expect((await shop.get('/internal/variants?skus=POT-L', sidecarHeaders('orders'))).status).toBe(403);
  });
});
