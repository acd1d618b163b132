/** Every statement on articles: what products say of their SKUs. */
import type { Executor, Transaction } from '@souk/kit/db';
import type { TaxClass } from './rules.ts';

export interface Variant {
  sku: string;
  taxClass: TaxClass;
  weightGrams: number;
}

/** A product as of one of its events. */
export interface ProductState {
  productId: string;
  version: number;
}

/** The version of the last event of a product that was applied, undefined if none was; locked until the transaction ends. */
export async function lockProductVersion(tx: Transaction, productId: string): Promise<number | undefined> {
  const row = await tx('articles')
    .max('version as version')
    .where({ product_id: productId })
    .forUpdate()
    .first();
  return row?.version ?? undefined;
}

/** Puts articles on sale as their product says. */
export async function putArticles(
  tx: Transaction,
  { productId, version }: ProductState,
  variants: Variant[],
): Promise<void> {
  if (variants.length === 0) return;
  const rows = variants.map(({ sku, taxClass, weightGrams }) => ({
    sku,
    product_id: productId,
    tax_class: taxClass,
    weight_grams: weightGrams,
    sellable: 1,
    version,
  }));
  await tx('articles')
    .insert(rows)
    .onConflict('sku')
    .merge(['product_id', 'tax_class', 'weight_grams', 'sellable', 'version']);
}

/**
 * Takes `skus`, and whatever else is known as the product's, out of the shop, but for `kept`. What was never here is
 * noted all the same: the event that would put it on sale may be older and come later.
 */
export async function withdrawArticles(
  tx: Transaction,
  { productId, version }: ProductState,
  { skus, kept }: { skus: string[]; kept: string[] },
): Promise<void> {
  const gone = skus.filter((sku) => !kept.includes(sku));
  await tx('articles')
    .where((row) =>
      row
        .where({ product_id: productId })
        .orWhere((unclaimed) => unclaimed.whereNull('product_id').whereIn('sku', gone)),
    )
    .whereNotIn('sku', kept)
    .update({ product_id: productId, sellable: 0, version });
  if (gone.length === 0) return;
  const rows = gone.map((sku) => ({ sku, product_id: productId, sellable: 0, version }));
  await tx('articles').insert(rows).onConflict('sku').ignore();
}

export interface Article {
  sku: string;
  productId: string | null;
  taxClass: TaxClass | null;
  weightGrams: number | null;
  sellable: boolean;
}

/** What is known of some SKUs; those that no product has named are absent. */
export async function findArticles(db: Executor, skus: string[]): Promise<Article[]> {
  const rows = await db('articles')
    .select(
      'sku',
      'product_id as productId',
      'tax_class as taxClass',
      'weight_grams as weightGrams',
      'sellable',
    )
    .whereIn('sku', skus);
  return rows.map((row) => ({ ...row, sellable: row.sellable === 1 }));
}

/** SKUs in their order, after `after`, that begin with `start`: all that have a price or belong to a product. */
export async function listSkus(
  db: Executor,
  { after, start, limit }: { after: string; start: string; limit: number },
): Promise<string[]> {
  const page = (table: 'prices' | 'articles'): Promise<string[]> =>
    db(table)
      .distinct('sku')
      .where('sku', '>', after)
      .andWhere('sku', 'like', `${start}%`)
      .orderBy('sku')
      .limit(limit)
      .pluck('sku');
  const skus = new Set([...(await page('prices')), ...(await page('articles'))]);
  return [...skus].toSorted().slice(0, limit);
}
