/** Fills the shop's databases: rules, categories, then products batch by batch. Only adds what is missing, so it can be killed and repeated. */
import type { Database } from '@souk/kit/db';
import { addCategories, addProducts } from './catalog-store.ts';
import { addStock } from './inventory-store.ts';
import { largeCatalogue } from './large-catalogue.ts';
import { addPrices, addRules } from './pricing-store.ts';
import type { Shop } from './shop.ts';

export type Databases = Record<'catalog' | 'pricing' | 'inventory', Database>;
/** How many products in all (at least the hand-written ones come), and the number that makes the variations. */
export type Amount = { size: number; seedNumber: number };
/** Told after every batch: products looked at so far, and how many of them were new. */
export type Progress = (seen: number, added: number) => void;

/** Answers how many products were new. */
export async function fillShop(
  databases: Databases,
  shop: Shop,
  ...rest: [Amount, Progress]
): Promise<number> {
  const [{ size, seedNumber }, progress] = rest;
  const { catalog, pricing, inventory } = databases;
  await addRules(pricing, shop);
  const categories = await addCategories(catalog, shop.categories);
  let seen = 0;
  let added = 0;
  const wanted = Math.max(size, shop.products.length);
  for (const batch of largeCatalogue(shop.products, { size: wanted, seedNumber })) {
    // Catalog comes last: a product that can be seen can be priced and bought.
    const [prices, stock] = await Promise.all([addPrices(pricing, batch), addStock(inventory, batch)]);
    added += await addProducts(catalog, batch, { categories, prices, stock });
    seen += batch.length;
    progress(seen, added);
  }
  return added;
}
