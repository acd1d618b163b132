/** Reads what lists show from the listing table: pages of whole categories by keyset, and products by id. */
import type { Currency } from '@souk/contracts/money';
import type { Database } from '@souk/kit/db';
import type { Page, Place, Sort } from '@souk/product-index/product-page';

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

/** Which listings: all of a currency, or those of some categories. */
interface Listed {
  currency: Currency;
  /** Each is read by itself: twenty at most. */
  categoryIds?: readonly string[];
}

/** A page of products, and where it ended if there are more. */
export async function selectListings(
  db: Database,
  listed: Listed,
  { sort, limit, after }: Page,
): Promise<{ rows: ListingRow[]; end: Place | undefined }> {
  const { column, direction, key } = orders[sort];
  const beyond = direction === 'DESC' ? '<' : '>';
  // Written as two ranges of the index: the page begins where the one before ended, nothing is read and left out.
  const keyset = after
    ? `AND (listing.${column} ${beyond} ? OR (listing.${column} = ? AND listing.product_id ${beyond} ?))`
    : '';
  const value = after && (column === 'published_at' ? new Date(after.value) : after.value);
  const order = `ORDER BY ${column} ${direction}, id ${direction} LIMIT ?`;
  const parts = partsOf(listed, key);
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

/** A part for each category, from the index of its order. */
function partsOf({ currency, categoryIds }: Listed, key: string): { sql: string; values: string[] }[] {
  // Left to itself, MariaDB reads all rows before the page too, or sorts the whole category.
  const from = (index: string) => `FROM listings listing FORCE INDEX (${index}) WHERE listing.currency = ?`;
  if (!categoryIds) return [{ sql: from(`listings_${key}`), values: [currency] }];
  const sql = `${from(`listings_category_${key}`)} AND listing.category_id = ?`;
  return categoryIds.map((id) => ({ sql, values: [currency, id] }));
}

/** The listings of these products, in this order; absent if there is none any more. */
export async function selectListingsById(
  db: Database,
  ids: readonly string[],
  currency: Currency,
): Promise<ListingRow[]> {
  if (ids.length === 0) return [];
  const [rows]: ListingRow[][] = await db.raw(
    `SELECT ${columns} FROM listings listing WHERE listing.product_id IN (?) AND listing.currency = ?`,
    [ids, currency] as string[],
  );
  const byId = new Map(rows!.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
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
