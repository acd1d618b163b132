/** Reads lists of products from the listing table: pages by keyset, and how many products each facet value has. */
import type { Currency } from '@souk/contracts/money';
import type { Database } from '@souk/kit/db';
import type { Place, Sort } from './list-cursor.ts';
import { type Clause, clauseOf, type ListingFilter } from './listing-filter-store.ts';

export interface ListingRow {
  id: string;
  slug: string;
  name: string;
  brand: string;
  image: string;
  min_price: number;
  in_stock: 0 | 1;
  rating: number | null;
  popularity: number;
  published_at: Date;
}

const columns =
  'listing.product_id AS id, listing.slug, listing.name, listing.brand, listing.image, listing.min_price, ' +
  'listing.in_stock, listing.rating, listing.popularity, listing.published_at';

/** Each has an index (currency, column, product_id), and one of each category; ties are broken by id, in the same direction. */
const orders: Record<Sort, { column: keyof ListingRow; direction: 'ASC' | 'DESC'; key: string }> = {
  popular: { column: 'popularity', direction: 'DESC', key: 'popular' },
  newest: { column: 'published_at', direction: 'DESC', key: 'newest' },
  price: { column: 'min_price', direction: 'ASC', key: 'price' },
  '-price': { column: 'min_price', direction: 'DESC', key: 'price' },
};
/** Categories of which each is read by itself. */
const maxParts = 20;

export interface ListingPage {
  sort: Sort;
  limit: number;
  after?: Place | undefined;
}

/** A page of products, and where it ended if there are more. */
export async function selectListings(
  db: Database,
  filter: ListingFilter,
  { sort, limit, after }: ListingPage,
): Promise<{ rows: ListingRow[]; end: Place | undefined }> {
  const { column, direction, key } = orders[sort];
  const beyond = direction === 'DESC' ? '<' : '>';
  // Written as two ranges of the index: the page begins where the one before ended, nothing is read and left out.
  const keyset = after
    ? `AND (listing.${column} ${beyond} ? OR (listing.${column} = ? AND listing.product_id ${beyond} ?))`
    : '';
  const value = after && (column === 'published_at' ? new Date(after.value) : after.value);
  const order = `ORDER BY ${column} ${direction}, id ${direction} LIMIT ?`;
  const parts = partsOf(filter, key);
  const whole = parts.map(({ sql }) => `(SELECT ${columns} ${sql} ${keyset} ${order})`).join(' UNION ALL ');
  const ends = [...(after ? [value, value, after.id] : []), limit + 1];
  const [rows]: ListingRow[][] = await db.raw(parts.length === 1 ? whole : `${whole} ${order}`, [
    ...parts.flatMap(({ values }) => [...values, ...ends]),
    ...(parts.length === 1 ? [] : [limit + 1]),
  ] as string[]);
  const page = rows!.slice(0, limit);
  const last = rows!.length > limit ? page.at(-1) : undefined;
  return { rows: page, end: last && { value: Number(last[column]), id: last.id } };
}

/** A part for each category, from the index of its order; a list that is narrowed further is read as a whole. */
function partsOf(filter: ListingFilter, key: string): Clause[] {
  const { currency: _currency, categoryIds = [], attributes, ...narrower } = filter;
  const isNarrow = attributes.length > 0 || Object.keys(narrower).length > 0;
  if (isNarrow || categoryIds.length > maxParts) return [clauseOf(filter)];
  // Left to itself, MariaDB reads all rows before the page too, or sorts the whole category.
  if (categoryIds.length === 0) return [clauseOf(filter, `FORCE INDEX (listings_${key})`)];
  const hint = `FORCE INDEX (listings_category_${key})`;
  return categoryIds.map((id) => clauseOf({ ...filter, categoryIds: [id] }, hint));
}

export interface BrandAndCategoryCount {
  brand: string;
  category_id: string;
  count: number;
}

/** How many products of each brand stand in each category. */
export async function countBrandsAndCategories(
  db: Database,
  filter: ListingFilter,
): Promise<BrandAndCategoryCount[]> {
  const { sql, values } = clauseOf(filter);
  const [rows] = await db.raw(
    `SELECT listing.brand, listing.category_id, COUNT(*) AS count ${sql}
     GROUP BY listing.brand, listing.category_id LIMIT 20000`,
    values as string[],
  );
  return rows;
}

export interface AttributeCount {
  name: string;
  value: string;
  count: number;
}

/**
 * How many products have each attribute value. A value that is asked for does not narrow its own attribute, so that one
 * can see what else there is; all in one statement.
 */
export async function countAttributes(db: Database, filter: ListingFilter): Promise<AttributeCount[]> {
  const chosen = filter.attributes.map(({ name }) => name);
  const others = countClause(filter, chosen.length > 0 ? 'attribute.name NOT IN (?)' : 'TRUE', chosen);
  const own = chosen.map((name) => {
    const attributes = filter.attributes.filter((attribute) => attribute.name !== name);
    return countClause({ ...filter, attributes }, 'attribute.name IN (?)', [name]);
  });
  const parts = [others, ...own];
  const counts = parts.map(({ sql, values }) => db.raw(sql, values as string[]));
  return db.unionAll(counts, true).limit(5_000);
}

function countClause(filter: ListingFilter, condition: string, names: string[]) {
  const { sql, values } = clauseOf(
    filter,
    'JOIN product_attributes attribute ON attribute.product_id = listing.product_id',
  );
  return {
    sql: `SELECT attribute.name, attribute.value, COUNT(*) AS count ${sql} AND ${condition}
          GROUP BY attribute.name, attribute.value`,
    values: names.length > 0 ? [...values, names] : values,
  };
}

/** The most popular other products of a category. */
export async function selectRelated(
  db: Database,
  { currency, categoryId, productId }: { currency: Currency; categoryId: string; productId: string },
  limit: number,
): Promise<ListingRow[]> {
  const [rows] = await db.raw(
    `SELECT ${columns} FROM listings listing
     WHERE listing.currency = ? AND listing.category_id = ? AND listing.product_id <> ?
     ORDER BY listing.popularity DESC, listing.product_id DESC LIMIT ?`,
    [currency, categoryId, productId, limit],
  );
  return rows;
}

/** The listings of these products, in any order. */
export async function selectListingsBySlug(
  db: Database,
  slugs: string[],
  currency: Currency,
): Promise<ListingRow[]> {
  const [rows] = await db.raw(
    `SELECT ${columns} FROM products product
     JOIN listings listing ON listing.product_id = product.id AND listing.currency = ?
     WHERE product.slug IN (?)`,
    [currency, slugs],
  );
  return rows;
}
