/** Single products: the page of one, and what a cart shows of its variants. */
import { type Currency, money } from '@souk/contracts/money';
import { refuse } from '@souk/kit/problem';
import type { Reading } from './list-products.ts';
import {
  type AttributeRow,
  selectAttributes,
  selectProduct,
  selectSummaries,
  selectVariants,
} from './product-store.ts';

/** The answer to GET /products/{slug}; a product without a price in this currency is not sold in it. */
export async function readProduct({ db, shelf, media }: Reading, slug: string, currency: Currency) {
  const product = await selectProduct(db, slug);
  if (!product) return refuse('not-found');
  const [variants, attributes, tree] = await Promise.all([
    selectVariants(db, product.id, currency),
    selectAttributes(db, product.id),
    shelf.tree(),
  ]);
  if (variants.length === 0) return refuse('not-found');
  const image = media.urlOf(product.image);
  return {
    id: product.id,
    slug: product.slug,
    name: product.name,
    brand: product.brand,
    image,
    price: money(Math.min(...variants.map(({ amount }) => amount)), currency),
    inStock: variants.some(({ available }) => available > 0),
    rating: product.rating,
    categories: tree
      .lineOf(product.category_id)
      .map(({ slug, name }) => ({ slug, name }))
      .reverse(),
    description: product.description,
    images: [image],
    attributes: Object.fromEntries(attributes.map((row) => [row.name, typedValue(row)])),
    variants: variants.map(({ sku, options, amount, available }) => ({
      sku,
      options,
      price: money(amount, currency),
      available,
    })),
  };
}

/** The answer to GET /internal/variants. */
export async function readSummaries({ db, media }: Reading, skus: string[]) {
  const rows = await selectSummaries(db, skus);
  return {
    items: rows.map((row) => ({
      sku: row.sku,
      productId: row.product_id,
      slug: row.slug,
      name: row.name,
      image: media.urlOf(row.image),
      options: row.options,
      taxClass: row.tax_class,
      weightGrams: row.weight_grams,
    })),
  };
}

/** An attribute's value, of its own type. */
export function typedValue({ kind, value }: AttributeRow): string | number | boolean {
  if (kind === 'number') return Number(value);
  return kind === 'boolean' ? value === 'true' : value;
}
