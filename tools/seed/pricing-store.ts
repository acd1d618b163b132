/** Writes first prices and the first version of the rules into pricing; what is there already stays as it is. */
import { type Database, inTransaction } from '@souk/kit/db';
import { newId } from '@souk/kit/identifier';
import type { Product, Shop } from './shop.ts';

/** Adds tax and shipping as rule version 1 if there are no rules at all. Answers whether it did. */
export function addRules(pricing: Database, { taxes, shipping }: Shop): Promise<boolean> {
  return inTransaction(pricing, async (tx) => {
    if (await tx('rule_versions').select('version').first()) return false;
    const rules = JSON.stringify({ taxes, shipping, promotions: [] });
    await tx('rule_versions').insert({ id: newId(), version: 1, rules });
    return true;
  });
}

/** What catalog copies of a price: minor units of `currency`; `version` is that of the price.changed event. */
export type Price = { sku: string; currency: string; amount: number; version: number };

/**
 * Adds missing prices of these products in one transaction, in every currency, with what a quote needs to know of their
 * articles. Answers all prices as they are now.
 */
export function addPrices(pricing: Database, products: readonly Product[]): Promise<Price[]> {
  const rows = products.flatMap(priceRows);
  return inTransaction(pricing, async (tx) => {
    const present: Price[] = await tx('prices')
      .select('sku', 'currency', 'amount', 'version')
      .whereIn('sku', [...new Set(rows.map(({ sku }) => sku))]);
    const known = new Set(present.map(({ sku, currency }) => `${sku} ${currency}`));
    const missing = rows.filter(({ sku, currency }) => !known.has(`${sku} ${currency}`));
    if (missing.length > 0) await tx('prices').insert(missing);
    await tx('articles').insert(products.flatMap(articleRows)).onConflict('sku').ignore();
    return [
      ...present,
      ...missing.map(({ sku, currency, amount, version }) => ({ sku, currency, amount, version })),
    ];
  });
}

function priceRows({ variants }: Product) {
  return variants.flatMap(({ sku, prices }) =>
    Object.entries(prices).map(([currency, amount]) => ({ sku, currency, amount, version: 1 })),
  );
}

/** Version 0: whatever an event of the product says is newer. */
function articleRows({ taxClass, variants }: Product) {
  return variants.map(({ sku, weightGrams }) => ({
    sku,
    tax_class: taxClass,
    weight_grams: weightGrams,
    sellable: 1,
    version: 0,
  }));
}
