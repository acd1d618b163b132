/** A product's life: what readers see and what the other services hear. */

import { newId } from '@souk/kit/identifier';
import { isRefusal } from '@souk/kit/problem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { archiveProduct, publishProduct } from '../src/publish-product.ts';
import { createShelf } from '../src/shelf.ts';
import { fillCategories, fillProducts } from './fill-catalogue.ts';
import { type CatalogUnderTest, openCatalog, slugsOf } from './shop.ts';

let shop: CatalogUnderTest;
let id: string;
let woken = 0;

beforeAll(async () => {
  shop = await openCatalog();
  const categories = await fillCategories(shop.db);
  [id] = (await fillProducts(shop.db, categories, [
    { slug: 'pot', name: 'Copper Pot', category: 'kitchen', status: 'draft', variants: [{ sku: 'POT-1' }] },
  ])) as [string];
});
afterAll(() => shop.close());

const deps = () => ({
  db: shop.db,
  shelf: createShelf(shop.db),
  now: () => new Date('2026-11-01T00:00:00Z'),
  wakeRelay: () => {
    woken += 1;
  },
});

async function announced() {
  const rows = await shop.db('outbox').select('data').orderBy('id');
  return rows
    .map(({ data }) => JSON.parse(data))
    .map(({ type, version, payload }) => ({ type, version, payload }));
}

describe('a product', () => {
  it('is seen, found and announced when it is published, changed and archived', async () => {
    const payload = { productId: id, slug: 'pot', skus: ['POT-1'] };
    expect(slugsOf(await shop.get('/products'))).toEqual([]);
    await publishProduct(deps(), id);
    await shop.forget();
    expect(slugsOf(await shop.get('/products?q=copper&category=home'))).toEqual(['pot']);
    await shop.db('products').where({ id }).update({ name: 'Iron Pot' });
    await publishProduct(deps(), id);
    await shop.forget();
    expect(slugsOf(await shop.get('/products?q=copper'))).toEqual([]);
    expect((await shop.get('/products?q=iron')).body.items[0].name).toBe('Iron Pot');
    await archiveProduct(deps(), id);
    await archiveProduct(deps(), id);
    await shop.forget();
    expect(slugsOf(await shop.get('/products'))).toEqual([]);
    expect((await shop.get('/products/pot')).status).toBe(404);
    expect(await announced()).toEqual([
      { type: 'product.published', version: 2, payload },
      { type: 'product.changed', version: 3, payload },
      { type: 'product.archived', version: 4, payload },
    ]);
    expect(woken).toBe(4);
  });

  it('that does not exist is not found', async () => {
    const outcome = await publishProduct(deps(), newId()).catch((error) => error);
    expect(isRefusal(outcome, 'not-found')).toBe(true);
  });
});
