/** What recommendations asks for: products by slug as lists show them, and what is like a product. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sidecarHeaders } from '../../../test/support/service-under-test.ts';
import { fillCategories, fillProducts } from './fill-catalogue.ts';
import { type CatalogUnderTest, openCatalog, slugsOf } from './shop.ts';

let shop: CatalogUnderTest;

beforeAll(async () => {
  shop = await openCatalog();
  const euros = [{ sku: 'CUP-1', prices: { EUR: 300 } }];
  await fillProducts(shop.db, await fillCategories(shop.db), [
    { slug: 'sencha', popularity: 1 },
    { slug: 'oolong', popularity: 2 },
    { slug: 'matcha', status: 'draft' },
    { slug: 'cup', category: 'kitchen', variants: euros },
  ]);
});
afterAll(() => shop.close());

const asked = (path: string) => shop.get(path, sidecarHeaders('recommendations'));
const bySlugs = async (slugs: string, market = '') =>
  (await asked(`/internal/products?slugs=${slugs}${market}`)).body.items;

describe('products by slug', () => {
  it('come in the order asked for, as in lists; what is not sold there is absent', async () => {
    const items = await bySlugs('sencha,cup,matcha,nothing,oolong');
    expect(items.map(({ slug }: { slug: string }) => slug)).toEqual(['sencha', 'cup', 'oolong']);
    const listed = (await shop.get('/products')).body.items;
    expect(listed).toContainEqual(items[0]);
    expect(await bySlugs('cup', '&currency=USD&country=US')).toEqual([]);
  });

  it('are 24 at most', async () => {
    const slugs = Array.from({ length: 25 }, (_, index) => `slug-${index}`);
    expect((await asked(`/internal/products?slugs=${slugs.slice(1)}`)).body.items).toEqual([]);
    for (const bad of [slugs.join(), '', ',', 'Cup', 'cup,']) {
      expect((await asked(`/internal/products?slugs=${bad}`)).status).toBe(400);
    }
  });

  it('are for neighbours only', async () => {
    for (const path of ['/internal/products?slugs=cup', '/internal/related/cup']) {
      expect((await shop.get(path)).status).toBe(401);
      expect((await shop.get(path, sidecarHeaders('payments'))).status).toBe(403);
    }
  });
});

describe('what is like a product', () => {
  it('is what is popular in its category', async () => {
    expect(slugsOf(await asked('/internal/related/sencha'))).toEqual(['oolong']);
    expect((await asked('/internal/related/nothing')).status).toBe(404);
  });
});
