/** Fills catalog's tables for a test: a small tree of categories, and products as short as the test wants them. */
import type { Database } from '@souk/kit/db';
import { newId } from '@souk/kit/identifier';
import { projectProducts } from '../src/projection-store.ts';

export interface SampleProduct {
  slug: string;
  name?: string;
  brand?: string;
  category?: string;
  description?: string;
  status?: 'draft' | 'published' | 'archived';
  popularity?: number;
  publishedAt?: Date;
  attributes?: Record<string, string | number | boolean>;
  variants?: { sku: string; options?: object; prices?: Record<string, number>; available?: number }[];
}

/** Two roots with two leaves each. */
export const sampleTree: Record<string, string[]> = {
  home: ['lighting', 'kitchen'],
  pantry: ['tea', 'spices'],
};

/** Inserts {@link sampleTree}; answers ids by slug. */
export async function fillCategories(db: Database, tree = sampleTree): Promise<Record<string, string>> {
  const ids: Record<string, string> = {};
  const insert = (slug: string, parentId: string | null, position: number) => {
    ids[slug] = newId();
    const name = slug[0]!.toUpperCase() + slug.slice(1);
    return db('categories').insert({ id: ids[slug], parent_id: parentId, slug, name, position });
  };
  for (const [position, [root, leaves]] of Object.entries(tree).entries()) {
    await insert(root, null, position);
    for (const [order, leaf] of leaves.entries()) await insert(leaf, ids[root]!, order);
  }
  return ids;
}

/** Inserts products with everything below them, projects them, and answers their ids in order. */
export async function fillProducts(
  db: Database,
  categories: Record<string, string>,
  products: SampleProduct[],
): Promise<string[]> {
  const rows = products.map((product) => ({ ...product, id: newId() }));
  const variants = rows.flatMap((product) =>
    (product.variants ?? [{ sku: `SKU-${product.slug.toUpperCase()}`.slice(0, 40) }]).map(
      (variant, position) => ({ ...variant, productId: product.id, position }),
    ),
  );
  await db('products').insert(rows.map((product) => productRow(product, categories)));
  const attributes = rows.flatMap(attributeRows);
  if (attributes.length > 0) await db('product_attributes').insert(attributes);
  await db('variants').insert(
    variants.map(({ sku, productId, position, options = {} }) => ({
      id: newId(),
      product_id: productId,
      sku,
      options: JSON.stringify(options),
      weight_grams: 250,
      position,
    })),
  );
  await db('variant_prices').insert(
    variants.flatMap(({ sku, prices = { EUR: 1000, USD: 1100 } }) =>
      Object.entries(prices).map(([currency, amount]) => ({ sku, currency, amount, version: 1 })),
    ),
  );
  await db('variant_stock').insert(
    variants.map(({ sku, available = 5 }) => ({ sku, available, version: 1 })),
  );
  const ids = rows.map(({ id }) => id);
  await projectProducts(db, ids);
  return ids;
}

function productRow(product: SampleProduct & { id: string }, categories: Record<string, string>) {
  return {
    id: product.id,
    slug: product.slug,
    name: product.name ?? product.slug.replaceAll('-', ' '),
    brand: product.brand ?? 'Khan Nour',
    category_id: categories[product.category ?? 'tea'],
    description: product.description ?? 'Nothing to be said about it.',
    image: `${product.slug}.svg`,
    tax_class: 'standard',
    status: product.status ?? 'published',
    popularity: product.popularity ?? 0,
    published_at: product.publishedAt ?? new Date('2026-01-01T00:00:00Z'),
  };
}

function attributeRows(product: SampleProduct & { id: string }) {
  return Object.entries(product.attributes ?? {}).map(([name, value], position) => ({
    product_id: product.id,
    name,
    kind: typeof value === 'string' ? 'choice' : typeof value,
    value: String(value),
    position,
  }));
}
