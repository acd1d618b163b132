/** Lists the methods by which a basket can be sent to a country; none where the shop does not deliver. */
import { refuse } from '@souk/kit/problem';
import type { Deps } from '@souk/kit/service';
import { readPrices } from './price-store.ts';
import { type Basket, optionsFor } from './quote.ts';
import type { RuleBook } from './rule-book.ts';

/** `{items: [{code, name, price}]}`, prices as listed in that country. Refuses `unknown-sku`. */
export async function listShippingOptions(
  { db, ruleBook }: Pick<Deps, 'db'> & { ruleBook: RuleBook },
  basket: Omit<Basket, 'shippingMethod'>,
) {
  const skus = basket.lines.map(({ sku }) => sku);
  const { prices, rulesVersion } = await readPrices(db, basket.currency, skus);
  if (prices.size === 0) refuse('unknown-sku', undefined, { skus });
  return { items: optionsFor(basket, prices, await ruleBook.open(rulesVersion)) };
}
