/** Reads and writes the tree of categories, and reads the list of brands; both are small. */
import type { Database, Transaction } from '@souk/kit/db';
import { type CategoryRow, type CategoryTree, categoryTreeOf } from './category-tree.ts';

const maxRows = 5_000;

const columns = ['id', 'parent_id', 'slug', 'name', 'position'] as const;

/** All categories. */
export async function selectCategories(db: Database): Promise<CategoryTree> {
  return categoryTreeOf(await readCategories(db));
}

/** Names of the brands that have anything published. */
export function selectBrands(db: Database): Promise<string[]> {
  return db('products')
    .distinct('brand')
    .where({ status: 'published' })
    .orderBy('brand')
    .limit(maxRows)
    .pluck('brand');
}

/** The id of a category, which stays while the transaction lasts; undefined if there is none. */
export async function lockCategoryId(tx: Transaction, slug: string): Promise<string | undefined> {
  const row = await tx('categories').select('id').where({ slug }).forShare().first();
  return row?.id;
}

/** The whole tree in the order in which siblings stand; whoever else changes it waits. */
export function lockCategories(tx: Transaction): Promise<CategoryRow[]> {
  return tx('categories')
    .select(...columns)
    .orderBy(['position', 'slug'])
    .limit(maxRows)
    .forUpdate();
}

/** The whole tree. */
export function readCategories(db: Database): Promise<CategoryRow[]> {
  return db('categories')
    .select(...columns)
    .orderBy(['position', 'slug'])
    .limit(maxRows);
}

export async function insertCategory(tx: Transaction, row: CategoryRow): Promise<void> {
  await tx('categories').insert(row);
}

export async function updateCategory(tx: Transaction, { id, ...row }: CategoryRow): Promise<void> {
  await tx('categories').where({ id }).update(row);
}

export async function deleteCategory(tx: Transaction, id: string): Promise<void> {
  await tx('categories').where({ id }).delete();
}

/** Whether any product stands in it, in whatever state. */
export async function hasProducts(tx: Transaction, categoryId: string): Promise<boolean> {
  return (await tx('products').where({ category_id: categoryId }).first('id')) !== undefined;
}
