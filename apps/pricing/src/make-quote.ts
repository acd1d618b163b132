/** Quotes a basket at what the database holds now, and tells an order when that is not what its buyer saw. */
import type { Quote } from '@souk/contracts/quote';
import { refuse } from '@souk/kit/problem';
import type { Deps } from '@souk/kit/service';
import { setOrderId } from '@souk/kit/trace';
import { readPrices } from './price-store.ts';
import { type Basket, quoteOf } from './quote.ts';
import type { RuleBook } from './rule-book.ts';

export interface QuoteRequest extends Omit<Basket, 'country'> {
  /** Where the goods go; without it the country where most buyers of that currency live. */
  country?: string;
  orderId?: string;
  /** Hash of the quote that the buyer has seen. */
  quoteHash?: string;
}

const defaultCountries = Object.freeze({ EUR: 'DE', USD: 'US' });

/**
 * The quote of a basket. Refuses `price-changed` (with the new `quote`) when `quoteHash` is given and differs, and
 * whatever {@link quoteOf} refuses.
 */
export async function makeQuote(
  { db, ruleBook }: Pick<Deps, 'db'> & { ruleBook: RuleBook },
  { country, orderId, quoteHash, ...rest }: QuoteRequest,
): Promise<Quote> {
  if (orderId) setOrderId(orderId);
  const basket: Basket = { ...rest, country: country ?? defaultCountries[rest.currency] };
  const skus = basket.lines.map(({ sku }) => sku);
  const { prices, rulesVersion } = await readPrices(db, basket.currency, skus);
  if (prices.size === 0) refuse('unknown-sku', undefined, { skus });
  const quote = quoteOf(basket, prices, await ruleBook.open(rulesVersion));
  if (quoteHash !== undefined && quoteHash !== quote.quoteHash) refuse('price-changed', undefined, { quote });
  return quote;
}
