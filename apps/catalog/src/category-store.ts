/** Reads the tree of categories and the list of brands; both are small. */
import type { Database } from '@souk/kit/db';
import { type CategoryTree, categoryTreeOf } from './category-tree.ts';

const maxRows = 5_000;

/** All categories. */
export async function selectCategories(db: Database): Promise<CategoryTree> {
  const rows = await db('categories')
    .select('id', 'parent_id', 'slug', 'name')
    .orderBy(['position', 'slug'])
    .limit(maxRows);
  return categoryTreeOf(rows);
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
