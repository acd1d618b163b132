/** Writes categories and products into catalog, with its copies of price and stock as the events would have brought them. */
import { type Database, inTransaction, type Transaction } from '@souk/kit/db';
import { newId } from '@souk/kit/identifier';
import { projectProducts } from '../../apps/catalog/src/projection-store.ts';
import type { Category, Product } from './shop.ts';

/** The version that pricing's and inventory's first rows have: their next event is newer. */
const firstVersion = 1;

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
 * is whole, whenever the seed was killed. `categories` maps slugs to ids. Answers how many were added.
 */
export function addProducts(
  catalog: Database,
  products: readonly Product[],
  categories: ReadonlyMap<string, string>,
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
    await addCopies(
      tx,
      missing.flatMap(({ product }) => product.variants),
    );
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

/** Copies that an event brought before its product are newer than the seed: they stay. */
async function addCopies(tx: Transaction, variants: Product['variants']): Promise<void> {
  const prices = variants.flatMap(({ sku, prices }) =>
    Object.entries(prices).map(([currency, amount]) => ({ sku, currency, amount, version: firstVersion })),
  );
  const stock = variants.map(({ sku, stock }) => ({ sku, available: stock, version: firstVersion }));
  await tx('variant_prices').insert(prices).onConflict().merge(['sku']);
  await tx('variant_stock').insert(stock).onConflict().merge(['sku']);
}
