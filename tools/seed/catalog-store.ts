/** Writes categories and products into catalog, with its copies of price and stock as the events would have brought them. */
import { type Database, inTransaction, type Transaction } from '@souk/kit/db';
import { newId } from '@souk/kit/identifier';
import { projectProducts } from '../../apps/catalog/src/projection-store.ts';
import type { Stock } from './inventory-store.ts';
import type { Price } from './pricing-store.ts';
import type { Category, Product } from './shop.ts';

/** Category ids by slug, and what pricing and inventory hold of the products' SKUs. */
export type Surroundings = {
  categories: ReadonlyMap<string, string>;
  prices: readonly Price[];
  stock: readonly Stock[];
};

type Identified = { id: string; product: Product };

/** Adds the missing nodes of the tree; answers every category's id by its slug. */
export function addCategories(catalog: Database, roots: Category[]): Promise<Map<string, string>> {
  return inTransaction(catalog, async (tx) => {
    const rows: { id: string; slug: string }[] = await tx('categories').select('id', 'slug');
    const ids = new Map(rows.map(({ id, slug }) => [slug, id]));
    for (const [position, root] of roots.entries()) {
      await addCategory(tx, ids, { ...root, position, parent_id: null });
      for (const [place, leaf] of (root.children ?? []).entries()) {
        await addCategory(tx, ids, { ...leaf, position: place, parent_id: ids.get(root.slug)! });
      }
    }
    return ids;
  });
}

type Node = { slug: string; name: string; position: number; parent_id: string | null };

async function addCategory(tx: Transaction, ids: Map<string, string>, node: Node): Promise<void> {
  const { slug, name, position, parent_id } = node;
  if (ids.has(slug)) return;
  const id = newId();
  await tx('categories').insert({ id, slug, name, position, parent_id });
  ids.set(slug, id);
}

/**
 * Adds the missing products, published, with everything derived of them, in one transaction: a product that is there
 * is whole, whenever the seed was killed. Answers how many were added.
 */
export function addProducts(
  catalog: Database,
  products: readonly Product[],
  { categories, prices, stock }: Surroundings,
): Promise<number> {
  return inTransaction(catalog, async (tx) => {
    const present: string[] = await tx('products')
      .whereIn(
        'slug',
        products.map(({ slug }) => slug),
      )
      .pluck('slug');
    const missing = products
      .filter(({ slug }) => !present.includes(slug))
      .map((product) => ({ id: newId(), product }));
    if (missing.length === 0) return 0;
    await tx('products').insert(missing.map((row) => productRow(row, categories)));
    await tx('product_attributes').insert(missing.flatMap(attributeRows));
    await tx('variants').insert(missing.flatMap(variantRows));
    const skus = new Set(missing.flatMap(({ product }) => product.variants.map(({ sku }) => sku)));
    // A copy that an event brought before its product is newer than what was read: it stays.
    await tx('variant_prices')
      .insert(prices.filter(({ sku }) => skus.has(sku)))
      .onConflict()
      .merge(['sku']);
    await tx('variant_stock')
      .insert(stock.filter(({ sku }) => skus.has(sku)))
      .onConflict()
      .merge(['sku']);
    await projectProducts(
      tx,
      missing.map(({ id }) => id),
    );
    return missing.length;
  });
}

function productRow({ id, product }: Identified, categories: ReadonlyMap<string, string>) {
  const { slug, name, brand, description, popularity } = product;
  return {
    id,
    slug,
    name,
    brand,
    description,
    popularity,
    category_id: categories.get(product.category),
    image: `${product.image}.svg`,
    tax_class: product.taxClass,
    status: 'published',
    published_at: `${product.publishedAt} 08:00:00`,
  };
}

function attributeRows({ id, product }: Identified) {
  return Object.entries(product.attributes).map(([name, value], position) => ({
    product_id: id,
    name,
    kind: typeof value === 'string' ? 'choice' : typeof value,
    value: `${value}`,
    position,
  }));
}

function variantRows({ id, product }: Identified) {
  return product.variants.map(({ sku, options, weightGrams }, position) => ({
    id: newId(),
    product_id: id,
    sku,
    options: JSON.stringify(options),
    weight_grams: weightGrams,
    position,
  }));
}
