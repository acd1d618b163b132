/** Reads single products. Readers see published ones only, and variants that are sold. */
import type { Currency } from '@souk/contracts/money';
import type { Database, Executor } from '@souk/kit/db';

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

/** Names of these products, in this order; absent if they are not published any more. */
export async function selectNames(
  db: Database,
  ids: readonly string[],
): Promise<Pick<ProductRow, 'slug' | 'name'>[]> {
  if (ids.length === 0) return [];
  const rows = await db('products')
    .select('id', 'slug', 'name')
    .whereIn('id', ids)
    .andWhere(published)
    .limit(ids.length);
  return rows.sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
}
