/** Seeding against real schemas: complete, repeatable, and never over what the shop has since become. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { loadShop } from '../catalogue.ts';
import { type Databases, fillShop } from '../fill-shop.ts';
import { addStock } from '../inventory-store.ts';
import { largeCatalogue } from '../large-catalogue.ts';
import { addPrices } from '../pricing-store.ts';

const shop = loadShop();
const variants = shop.products.flatMap((product) => product.variants);
const opened: TestDatabase[] = [];
let databases: Databases;

beforeAll(async () => {
  for (const service of ['catalog', 'pricing', 'inventory'] as const)
    opened.push(await openTestDatabase(service));
  const [catalog, pricing, inventory] = opened.map(({ db }) => db);
  databases = { catalog: catalog!, pricing: pricing!, inventory: inventory! };
});
afterAll(() => Promise.all(opened.map((database) => database.close())));

const fill = (size: number) => fillShop(databases, shop, { size, seedNumber: 1 }, () => {});

async function count(service: keyof Databases, table: string): Promise<number> {
  return Number((await databases[service](table).count({ rows: '*' }).first())?.rows);
}

test('the first seed fills catalog, pricing and inventory with every product', async () => {
  expect(await fill(0)).toBe(shop.products.length);
  expect(await count('catalog', 'products')).toBe(shop.products.length);
  expect(await count('catalog', 'listings')).toBe(shop.products.length * 2);
  expect(await count('pricing', 'prices')).toBe(variants.length * 2);
  expect(await count('pricing', 'rule_versions')).toBe(1);
  expect(await count('inventory', 'stock_levels')).toBe(variants.length);
});

test('a listing shows the cheapest variant and that there is stock', async () => {
  const listing = await databases
    .catalog('listings')
    .select('min_price', 'in_stock', 'image')
    .where({ slug: 'starfall-pierced-lantern', currency: 'EUR' })
    .first();
  expect(listing).toEqual({ min_price: 4900, in_stock: 1, image: 'starfall-pierced-lantern.svg' });
});

test('every level of stock is explained by the ledger', async () => {
  const { inventory } = databases;
  const levels = await inventory('stock_levels').sum({ pieces: 'on_hand' }).first();
  const movements = await inventory('stock_movements').sum({ pieces: 'delta' }).first();
  expect(Number(movements?.pieces)).toBe(Number(levels?.pieces));
});

test('a second seed adds nothing and leaves sold stock and changed prices alone', async () => {
  const { inventory, pricing } = databases;
  const sku = 'MUG-SALT-BLUE';
  await inventory('stock_levels').where({ sku }).update({ on_hand: 3 });
  await pricing('prices').where({ sku, currency: 'EUR' }).update({ amount: 1 });
  expect(await fill(0)).toBe(0);
  expect(await inventory('stock_levels').select('on_hand').where({ sku }).first()).toEqual({ on_hand: 3 });
  expect(await pricing('prices').select('amount').where({ sku, currency: 'EUR' }).first()).toEqual({
    amount: 1,
  });
  expect(await count('pricing', 'rule_versions')).toBe(1);
});

test('a larger seed adds what is missing, with the price and stock of now, not of the beginning', async () => {
  const { catalog, inventory, pricing } = databases;
  const late = [...largeCatalogue(shop.products, { size: 300, seedNumber: 1 })].flat().at(-1)!;
  const skus = late.variants.map(({ sku }) => sku);
  await Promise.all([addPrices(pricing, [late]), addStock(inventory, [late])]);
  await pricing('prices').whereIn('sku', skus).update({ amount: 7000, version: 2 });
  await inventory('stock_levels')
    .whereIn('sku', skus)
    .update({ reserved: inventory.ref('on_hand'), version: 8 });
  expect(await fill(300)).toBe(300 - shop.products.length);
  expect(await count('catalog', 'products')).toBe(300);
  const listing = await catalog('listings')
    .select('min_price', 'in_stock')
    .where({ slug: late.slug, currency: 'USD' })
    .first();
  expect(listing).toEqual({ min_price: 7000, in_stock: 0 });
  const copies = await catalog('variant_stock').whereIn('sku', skus).pluck('version');
  expect(copies).toEqual(skus.map(() => 8));
});
