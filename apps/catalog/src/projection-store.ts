/**
 * Derives what readers get (listings) from what staff and events wrote; set-based, repeatable,
 * for one product or for thousands. Only published products have any of it.
 */
import type { Executor } from '@souk/kit/db';

/** Rebuilds the listings of these products (at most a few thousand ids), and deletes those that they have no more. */
export async function projectProducts(executor: Executor, productIds: string[]): Promise<void> {
  if (productIds.length === 0) return;
  await executor.raw(
    `DELETE listing FROM listings listing JOIN products ON products.id = listing.product_id
     WHERE products.id IN (?) AND products.status <> 'published'`,
    [productIds],
  );
  // A currency in which nothing is priced any more, now that a variant is gone.
  await executor.raw(
    `DELETE listing FROM listings listing WHERE listing.product_id IN (?) AND NOT EXISTS (
       SELECT 1 FROM variants variant JOIN variant_prices price ON price.sku = variant.sku
       WHERE variant.product_id = listing.product_id AND variant.archived_at IS NULL
         AND price.currency = listing.currency)`,
    [productIds],
  );
  await projectListings(executor, productIds);
}

/** Rebuilds listings and deletes none: enough after a change of price or stock. A product without a price has none. */
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
