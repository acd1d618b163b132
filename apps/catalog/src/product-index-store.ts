/** Reads what the index of products wants to know: of some products, of those that have changed, or of all. */
import type { Database } from '@souk/kit/db';
import type { ProductFacts } from '@souk/product-index/product-columns';

/** More variants or attributes than this in a chunk are not read; staff may give a product at most 100 of each. */
const rowsAtMost = 100_000;

/** Of these products those that are published, in no order. At most some hundred ids. */
export async function selectFacts(db: Database, ids: readonly string[]): Promise<ProductFacts[]> {
  const [products, attributes, variants, listings] = await Promise.all([
    db('products')
      .select('id', 'name', 'brand', 'category_id', 'description', 'popularity', 'published_at')
      .where({ status: 'published' })
      .whereIn('id', ids)
      .limit(ids.length),
    db('product_attributes')
      .select('product_id', 'name', 'value')
      .whereIn('product_id', ids)
      .limit(rowsAtMost),
    db('variants')
      .select('product_id', 'sku', 'options')
      .whereIn('product_id', ids)
      .whereNull('archived_at')
      .limit(rowsAtMost),
    db('listings').select('product_id', 'currency', 'min_price').whereIn('product_id', ids).limit(rowsAtMost),
  ]);
  const [attributesOf, variantsOf, listingsOf] = [attributes, variants, listings].map((rows) =>
    Map.groupBy(rows, ({ product_id }) => product_id),
  );
  return products.map((product) => {
    const own = attributesOf!.get(product.id) ?? [];
    const sold = variantsOf!.get(product.id) ?? [];
    const words = [
      ...own.map(({ value }) => value),
      ...sold.map(({ sku, options }) => `${sku} ${JSON.stringify(options)}`),
    ];
    return {
      id: product.id,
      brand: product.brand,
      categoryId: product.category_id,
      popularity: product.popularity,
      publishedAtMs: Number(product.published_at),
      prices: Object.fromEntries(
        (listingsOf!.get(product.id) ?? []).map((row) => [row.currency, row.min_price]),
      ),
      attributes: own.map(({ name, value }) => ({ name, value })),
      keywords: [product.name, product.brand, ...words].join(' '),
      description: product.description,
    };
  });
}

/** Ids of published products after `afterId`, in their order. */
export function selectPublishedIds(db: Database, afterId: string, limit: number): Promise<string[]> {
  // Left to itself, MariaDB may take the index of states, and sort it each time.
  const query = db(db.raw('products FORCE INDEX (PRIMARY)')).where({ status: 'published' });
  return query.andWhere('id', '>', afterId).orderBy('id').limit(limit).pluck('id');
}
