/** Products as staff see and write them: whole, in every state. */
import { type Executor, isDuplicate, type Transaction } from '@souk/kit/db';
import { newId } from '@souk/kit/identifier';
import { refuse } from '@souk/kit/problem';
import { selectAttributes } from './product-store.ts';
import { typedValue } from './read-product.ts';

export interface StaffVariant {
  sku: string;
  options: Record<string, string>;
  weightGrams: number;
  /** No longer sold; old orders still name it. */
  archived: boolean;
}

export interface StaffProduct {
  id: string;
  slug: string;
  name: string;
  brand: string;
  /** Its slug. */
  category: string;
  description: string;
  taxClass: string;
  status: 'draft' | 'published' | 'archived';
  /** A file below /media. */
  image: string;
  attributes: Record<string, string | number | boolean>;
  variants: StaffVariant[];
  publishedAt: string | null;
  version: number;
}

const columns = ['id', 'slug', 'name', 'brand', 'description', 'status', 'image', 'version'] as const;

/** A product with all that belongs to it; with `lock`, whoever else changes it waits. */
export async function findStaffProduct(
  executor: Executor,
  id: string,
  { lock = false } = {},
): Promise<StaffProduct | undefined> {
  const query = executor('products')
    .select(...columns, 'tax_class', 'published_at', categoryOf(executor))
    .where({ id })
    .first();
  const row = await (lock ? query.forUpdate() : query);
  if (!row) return undefined;
  const attributes = await selectAttributes(executor, id);
  const variants = await executor('variants')
    .select('sku', 'options', 'weight_grams', 'archived_at')
    .where({ product_id: id })
    .orderBy(['position', 'id'])
    .limit(100);
  const { tax_class: taxClass, published_at, version, ...rest } = row;
  return {
    ...rest,
    taxClass,
    attributes: Object.fromEntries(attributes.map((attribute) => [attribute.name, typedValue(attribute)])),
    variants: variants.map(({ sku, options, weight_grams, archived_at }) => {
      return { sku, options, weightGrams: weight_grams, archived: archived_at !== null };
    }),
    publishedAt: published_at?.toISOString() ?? null,
    version,
  };
}

/** A subselect, so that a lock on the product does not hold its category. */
function categoryOf(executor: Executor) {
  return executor('categories')
    .select('slug')
    .whereRaw('categories.id = products.category_id')
    .as('category');
}

export interface StaffFilter {
  /** Part of a name, a brand, a slug or a SKU. */
  q?: string;
  status?: StaffProduct['status'];
  /** The last id of the page before. */
  beforeId?: string;
}

export type StaffProductRow = Pick<
  StaffProduct,
  'id' | 'slug' | 'name' | 'brand' | 'category' | 'status' | 'image' | 'version'
>;

/** Products that fit, the newest first. */
export function selectStaffProducts(
  db: Executor,
  { q, status, beforeId }: StaffFilter,
  limit: number,
): Promise<StaffProductRow[]> {
  const query = db('products')
    .select('id', 'slug', 'name', 'brand', categoryOf(db), 'status', 'image', 'version')
    .orderBy('id', 'desc')
    .limit(limit);
  if (status) query.where({ status });
  if (beforeId) query.where('id', '<', beforeId);
  if (q) {
    const part = `%${q.replaceAll(/[\\%_]/g, '\\$&')}%`;
    query.where((fits) => {
      fits.where('name', 'like', part).orWhere('brand', 'like', part);
      // Slugs and SKUs have no other characters; a comparison with such would be one of two character sets.
      if (!/^[A-Za-z0-9-]+$/.test(q)) return;
      fits.orWhere('slug', 'like', part.toLowerCase());
      fits.orWhereIn('id', db('variants').select('product_id').where('sku', 'like', `${q.toUpperCase()}%`));
    });
  }
  return query;
}

/** What staff may write of a product's own row. */
export type ProductValues = Partial<
  Pick<StaffProduct, 'name' | 'brand' | 'description' | 'taxClass' | 'image' | 'status' | 'version'> & {
    categoryId: string;
    slug: string;
    publishedAt: Date;
  }
>;

const columnOf: Readonly<Record<string, string>> = {
  taxClass: 'tax_class',
  categoryId: 'category_id',
  publishedAt: 'published_at',
};

const rowOf = (values: ProductValues) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [columnOf[name] ?? name, value]));

/** Adds a draft; refuses a slug that is taken. */
export async function insertProduct(tx: Transaction, id: string, values: ProductValues): Promise<void> {
  await unlessTaken(tx('products').insert({ id, ...rowOf(values) }), 'The slug is taken.');
}

export async function updateProduct(tx: Transaction, id: string, values: ProductValues): Promise<void> {
  await tx('products').where({ id }).update(rowOf(values));
}

/** Writes the attributes of a product in their order; those that are not named are gone. */
export async function replaceAttributes(
  tx: Transaction,
  productId: string,
  attributes: StaffProduct['attributes'],
): Promise<void> {
  await tx('product_attributes').where({ product_id: productId }).delete();
  const rows = Object.entries(attributes).map(([name, value], position) => {
    const kind = typeof value === 'string' ? 'choice' : typeof value;
    return { product_id: productId, name, kind, value: `${value}`, position };
  });
  if (rows.length > 0) await tx('product_attributes').insert(rows);
}

export type NewVariant = Pick<StaffVariant, 'sku' | 'options' | 'weightGrams'>;

/** Adds variants, the first at `position`; refuses a SKU that any product has. */
export async function insertVariants(
  tx: Transaction,
  productId: string,
  { variants, position = 0 }: { variants: NewVariant[]; position?: number },
): Promise<void> {
  const rows = variants.map(({ sku, options, weightGrams }, index) => ({
    ...{ id: newId(), product_id: productId, sku, position: position + index },
    ...{ options: JSON.stringify(options), weight_grams: weightGrams },
  }));
  if (rows.length > 0) await unlessTaken(tx('variants').insert(rows), 'A SKU belongs to another product.');
}

/** Rewrites a variant; it is sold from now on. */
export async function updateVariant(
  tx: Transaction,
  { sku, options, weightGrams }: NewVariant,
): Promise<void> {
  const values = { options: JSON.stringify(options), weight_grams: weightGrams, archived_at: null };
  await tx('variants').where({ sku }).update(values);
}

/** Ends the sale of a variant: archived at a time, or gone if nobody can ever have ordered it. */
export async function endVariant(tx: Transaction, sku: string, archivedAt: Date | null): Promise<void> {
  const variant = tx('variants').where({ sku });
  await (archivedAt
    ? variant.whereNull('archived_at').update({ archived_at: archivedAt })
    : variant.delete());
}

async function unlessTaken(insert: PromiseLike<unknown>, detail: string): Promise<void> {
  try {
    await insert;
  } catch (error) {
    if (isDuplicate(error)) refuse('already-exists', detail);
    throw error;
  }
}
