/** What recommendations asks for: products by slug as lists show them, and what is like a product. */
import type { Input } from '@souk/kit/routes';
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

/** What the handler of an internal route answers; who may call it is the call table's to say. */
async function asked(path: string, { params = {}, query }: Partial<Input>) {
  const route = shop.built.routes.find((row) => row.path === path)!;
  const url = JSON.stringify([path, params, query]);
  const { body } = await route.handle({ url, params, query } as Input);
  return JSON.parse(String(body)).items;
}

const bySlugs = (slugs: string, currency = 'EUR') =>
  asked('/internal/products', { query: { slugs, currency } });

describe('products by slug', () => {
  it('come in the order asked for, as in lists; what is not sold there is absent', async () => {
    const items = await bySlugs('sencha,cup,matcha,nothing,oolong');
    expect(items.map(({ slug }: { slug: string }) => slug)).toEqual(['sencha', 'cup', 'oolong']);
    const listed = (await shop.get('/products')).body.items;
    expect(listed).toContainEqual(items[0]);
    expect(await bySlugs('cup', 'USD')).toEqual([]);
  });

  it('are for neighbours only', async () => {
    for (const path of ['/internal/products?slugs=cup', '/internal/related/cup']) {
      expect((await shop.get(path)).status).toBe(401);
      expect((await shop.get(path, sidecarHeaders('payments'))).status).toBe(403);
    }
  });
});

describe('what is like a product', () => {
  it('is the same inside as outside', async () => {
    const query = { currency: 'EUR' };
    const inside = await asked('/internal/related/{slug}', { params: { slug: 'sencha' }, query });
    const outside = await shop.get('/products/sencha/related');
    expect(slugsOf(outside)).toEqual(['oolong']);
    expect(inside).toEqual(outside.body.items);
  });
});
