/** Reads single products. Readers see published ones only, and variants that are sold. */
import type { Currency } from '@souk/contracts/money';
import type { Database, Executor } from '@souk/kit/db';
import { match } from './listing-filter-store.ts';

export interface ProductRow {
  id: string;
  slug: string;
  name: string;
  brand: string;
  category_id: string;
  description: string;
  image: string;
  rating: number | null;
}

const published = { status: 'published' };

/** A published product, or undefined. */
export function selectProduct(db: Database, slug: string): Promise<ProductRow | undefined> {
  return db('products')
    .select('id', 'slug', 'name', 'brand', 'category_id', 'description', 'image', 'rating')
    .where({ slug, ...published })
    .first();
}

export interface AttributeRow {
  name: string;
  kind: 'choice' | 'number' | 'boolean';
  value: string;
}

/** Attributes in the order in which they are shown. */
export function selectAttributes(db: Executor, productId: string): Promise<AttributeRow[]> {
  return db('product_attributes')
    .select('name', 'kind', 'value')
    .where({ product_id: productId })
    .orderBy('position')
    .limit(100);
}

export interface VariantRow {
  sku: string;
  /** The driver parses JSON columns. */
  options: Record<string, string>;
  amount: number;
  available: number;
}

/** Variants that have a price in this currency, with what is left of them. */
export async function selectVariants(
  db: Database,
  productId: string,
  currency: Currency,
): Promise<VariantRow[]> {
  const [rows] = await db.raw(
    `SELECT variant.sku, variant.options, price.amount, COALESCE(stock.available, 0) AS available
     FROM variants variant
     JOIN variant_prices price ON price.sku = variant.sku AND price.currency = ?
     LEFT JOIN variant_stock stock ON stock.sku = variant.sku
     WHERE variant.product_id = ? AND variant.archived_at IS NULL ORDER BY variant.position LIMIT 100`,
    [currency, productId],
  );
  return rows;
}

export interface SummaryRow {
  sku: string;
  product_id: string;
  slug: string;
  name: string;
  image: string;
  /** The driver parses JSON columns. */
  options: Record<string, string>;
  tax_class: string;
  weight_grams: number;
}

/** What a cart shows of these SKUs; those that are unknown or not published are absent. */
export async function selectSummaries(db: Database, skus: string[]): Promise<SummaryRow[]> {
  const [rows] = await db.raw(
    `SELECT variant.sku, variant.product_id, product.slug, product.name, product.image, variant.options,
       product.tax_class, variant.weight_grams
     FROM variants variant JOIN products product ON product.id = variant.product_id
     WHERE variant.sku IN (?) AND variant.archived_at IS NULL AND product.status = 'published'`,
    [skus],
  );
  return rows;
}

/** Names of products whose keywords match (see search-words.ts), the most popular first. */
export async function selectNames(
  db: Database,
  words: string,
  limit: number,
): Promise<{ slug: string; name: string }[]> {
  const search = match('document.keywords');
  const [rows] = await db.raw(
    `SELECT product.slug, product.name
     FROM search_documents document JOIN products product ON product.id = document.product_id
     WHERE ${search} AND product.status = 'published'
     ORDER BY product.popularity DESC, product.id DESC LIMIT ?`,
    [words, limit],
  );
  return rows;
}
