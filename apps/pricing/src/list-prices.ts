/** What staff see of prices: every SKU that has one or is on sale, so that a missing price shows. */
import { type Currency, type Money, money } from '@souk/contracts/money';
import type { Executor } from '@souk/kit/db';
import { type Article, findArticles, listSkus } from './article-store.ts';
import { findPrices, type PriceRow } from './price-store.ts';

/** An article with its prices. `version` is the sum of its prices' versions: every change of any of them raises it. */
export interface PricedArticle extends Article {
  prices: Money[];
  version: number;
}

/** The article as its rows say; one that no product has named yet is not sold. */
export function pricedArticle(sku: string, article: Article | undefined, prices: PriceRow[]): PricedArticle {
  const unknown = { sku, productId: null, taxClass: null, weightGrams: null, sellable: false };
  return {
    ...(article ?? unknown),
    prices: prices.map(({ amount, currency }) => money(amount, currency as Currency)),
    version: prices.reduce((sum, { version }) => sum + version, 0),
  };
}

/** Articles with their prices, in the order of `skus`; those of which nothing is known are left out. */
export async function readPricedArticles(db: Executor, skus: string[]): Promise<PricedArticle[]> {
  if (skus.length === 0) return [];
  const [articles, prices] = [await findArticles(db, skus), await findPrices(db, skus)];
  const articleOf = new Map(articles.map((article) => [article.sku, article]));
  const pricesOf = Map.groupBy(prices, ({ sku }) => sku);
  return skus
    .filter((sku) => articleOf.has(sku) || pricesOf.has(sku))
    .map((sku) => pricedArticle(sku, articleOf.get(sku), pricesOf.get(sku) ?? []));
}

/** A page of them by SKU; `nextCursor` is the last SKU of a page that has another behind it. */
export async function listPrices(
  db: Executor,
  { sku, limit, cursor }: { sku?: string; limit: number; cursor?: string },
): Promise<{ items: PricedArticle[]; nextCursor: string | null }> {
  const skus = await listSkus(db, { after: cursor ?? '', start: sku ?? '', limit: limit + 1 });
  const items = await readPricedArticles(db, skus.slice(0, limit));
  return { items, nextCursor: skus.length > limit ? skus[limit - 1]! : null };
}
