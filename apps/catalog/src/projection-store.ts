/**
 * Derives what readers get (listings and search documents) from what staff and events wrote; set-based, repeatable,
 * for one product or for thousands. Only published products have any of it.
 */
import type { Executor } from '@souk/kit/db';

/** Each run of non-letters becomes one blank, so that words are the same here and in a query (see search-words.ts). */
const notWords = '[^\\p{L}\\p{N}]+';

/** The blank after a word of one or two letters; without a group, which replacements name differently by database. */
const endOfShortWord = '(?<= [^ ]| [^ ][^ ]) ';

/** Category of each product and all categories above it. Bind the product ids. */
const lineage = `WITH RECURSIVE lineage (product_id, category_id) AS (
  SELECT id, category_id FROM products WHERE id IN (?) AND status = 'published'
  UNION ALL
  SELECT below.product_id, category.parent_id FROM lineage below
  JOIN categories category ON category.id = below.category_id WHERE category.parent_id IS NOT NULL)`;

/** Rebuilds everything derived of these products (at most a few thousand ids). */
export async function projectProducts(executor: Executor, productIds: string[]): Promise<void> {
  if (productIds.length === 0) return;
  for (const table of ['listings', 'search_documents']) {
    await executor.raw(
      `DELETE derived FROM ${table} derived JOIN products ON products.id = derived.product_id
       WHERE products.id IN (?) AND products.status <> 'published'`,
      [productIds],
    );
  }
  // A currency in which nothing is priced any more, now that a variant is gone.
  await executor.raw(
    `DELETE listing FROM listings listing WHERE listing.product_id IN (?) AND NOT EXISTS (
       SELECT 1 FROM variants variant JOIN variant_prices price ON price.sku = variant.sku
       WHERE variant.product_id = listing.product_id AND variant.archived_at IS NULL
         AND price.currency = listing.currency)`,
    [productIds],
  );
  await projectListings(executor, productIds);
  await projectSearchDocuments(executor, productIds);
}

/** Rebuilds listings only: enough after a change of price or stock. A product without a price has none. */
export async function projectListings(executor: Executor, productIds: string[]): Promise<void> {
  await executor.raw(
    `INSERT INTO listings
       (product_id, currency, slug, name, brand, category_id, image, min_price, in_stock, rating, popularity, published_at)
     SELECT product.id, price.currency, product.slug, product.name, product.brand, product.category_id, product.image,
       MIN(price.amount), MAX(COALESCE(stock.available, 0) > 0),
       product.rating, product.popularity, product.published_at
     FROM products product
     JOIN variants variant ON variant.product_id = product.id AND variant.archived_at IS NULL
     JOIN variant_prices price ON price.sku = variant.sku
     LEFT JOIN variant_stock stock ON stock.sku = variant.sku
     WHERE product.id IN (?) AND product.status = 'published'
     GROUP BY product.id, price.currency
     ON DUPLICATE KEY UPDATE slug = VALUES(slug), name = VALUES(name), brand = VALUES(brand),
       category_id = VALUES(category_id), image = VALUES(image), min_price = VALUES(min_price), in_stock = VALUES(in_stock),
       rating = VALUES(rating), popularity = VALUES(popularity), published_at = VALUES(published_at)`,
    [productIds],
  );
}

/** Rebuilds search documents only: enough after a change of a category. Of the keywords, words of one or two letters are lengthened by `__`: the full-text index ignores shorter ones. */
export async function projectSearchDocuments(executor: Executor, productIds: string[]): Promise<void> {
  await executor.raw(
    `INSERT INTO search_documents (product_id, keywords, body) ${lineage}
     SELECT product.id,
       LEFT(REGEXP_REPLACE(REGEXP_REPLACE(CONCAT_WS(' ', '', product.name, product.brand,
         (SELECT GROUP_CONCAT(category.name SEPARATOR ' ')
          FROM lineage JOIN categories category ON category.id = lineage.category_id
          WHERE lineage.product_id = product.id),
         (SELECT GROUP_CONCAT(attribute.value SEPARATOR ' ')
          FROM product_attributes attribute WHERE attribute.product_id = product.id),
         (SELECT GROUP_CONCAT(variant.sku, ' ', variant.options SEPARATOR ' ')
          FROM variants variant WHERE variant.product_id = product.id AND variant.archived_at IS NULL), ''), ?, ' '), ?, '__ '), 1000),
       REGEXP_REPLACE(product.description, ?, ' ')
     FROM products product WHERE product.id IN (?) AND product.status = 'published'
     ON DUPLICATE KEY UPDATE keywords = VALUES(keywords), body = VALUES(body)`,
    [productIds, notWords, endOfShortWord, notWords, productIds],
  );
}
