/** Changes what an article costs; the change and its events are one transaction. */
import { type Currency, type Money, money } from '@souk/contracts/money';
import type { Transaction } from '@souk/kit/db';
import { enqueue } from '@souk/kit/outbox';
import type { Article } from './article-store.ts';
import { requireIfMatch } from './etag.ts';
import { type PricedArticle, pricedArticle } from './list-prices.ts';
import { lockPrices, type PriceRow, putPrices } from './price-store.ts';
import { lockPriceChanges } from './rule-store.ts';

export interface PriceChange {
  sku: string;
  /** One for each currency at most; currencies that are not named keep their price. */
  prices: Money[];
  /** ETag of what the editor has read. */
  ifMatch?: string | undefined;
  /** What is known of the SKU, if its product has told. */
  article?: Article | undefined;
}

/**
 * Sets prices, first ones too: the product may come later. What is the same already stays as it is, without an event.
 * Refuses `stale-etag`.
 */
export async function changePrice(
  tx: Transaction,
  { sku, prices, ifMatch, article }: PriceChange,
): Promise<{ before: PricedArticle; after: PricedArticle }> {
  await lockPriceChanges(tx);
  const rows = await lockPrices(tx, sku);
  const before = pricedArticle(sku, article, rows);
  requireIfMatch(ifMatch, before);
  const known = new Map<Currency, PriceRow>(rows.map((row) => [row.currency, row]));
  const changed = prices
    .filter(({ currency, amount }) => known.get(currency)?.amount !== amount)
    .map(({ currency, amount }) => ({
      sku,
      currency,
      amount,
      version: (known.get(currency)?.version ?? 0) + 1,
    }));
  if (changed.length === 0) return { before, after: before };
  await putPrices(tx, changed);
  await enqueue(tx, changed.map(eventOf));
  for (const row of changed) known.set(row.currency, row);
  const now = [...known.values()].toSorted((a, b) => (a.currency < b.currency ? -1 : 1));
  return { before, after: pricedArticle(sku, article, now) };
}

function eventOf({ sku, currency, amount, version }: PriceRow) {
  const payload = { sku, currency, price: money(amount, currency) };
  return { type: 'price.changed' as const, subject: sku, version, payload };
}
