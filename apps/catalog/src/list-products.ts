/** GET /products: a page of published products that pass a filter, and the facets of the whole list. */
import type { Currency } from '@souk/contracts/money';
import { money } from '@souk/contracts/money';
import type { Database } from '@souk/kit/db';
import { refuse } from '@souk/kit/problem';
import { attributeFacets, categoryAndBrandFacets, type Facet, totalOf } from './facets.ts';
import { cursorOf, placeOf, type Sort } from './list-cursor.ts';
import type { ListingFilter } from './listing-filter-store.ts';
import {
  countAttributes,
  countBrandsAndCategories,
  type ListingRow,
  selectListings,
  selectListingsBySlug,
  selectRelated,
} from './listing-store.ts';
import type { Media } from './media.ts';
import { selectProduct } from './product-store.ts';
import { searchWordsOf } from './search-words.ts';
import type { Shelf } from './shelf.ts';

/** What reading needs. */
export interface Reading {
  db: Database;
  shelf: Shelf;
  media: Media;
}

/** The validated query of a list; further members are `attr.NAME`. */
export interface ListQuery {
  currency: Currency;
  category?: string;
  q?: string;
  minPrice?: number;
  maxPrice?: number;
  brand?: string;
  sort: Sort;
  limit: number;
  cursor?: string;
  [attribute: `attr.${string}`]: string;
}

/** Counting attributes takes time with each product; of a longer or unnarrowed list nobody wants them yet. */
const maxProductsWithAttributes = 4_000;
const maxAttributeFilters = 8;
const relatedLimit = 8;

/** The answer to GET /products. */
export async function listProducts(reading: Reading, query: ListQuery) {
  const after = query.cursor === undefined ? undefined : placeOf(query.sort, query.cursor);
  const filter = await filterOf(reading, query);
  if (filter === undefined) return { items: [], facets: [], nextCursor: null };
  const { sort, limit, currency } = query;
  const [{ rows, end }, facets] = await Promise.all([
    selectListings(reading.db, filter, { sort, limit, after }),
    facetsOf(reading, filter),
  ]);
  return {
    items: rows.map((row) => itemOf(row, currency, reading.media)),
    facets,
    nextCursor: end ? cursorOf(sort, end) : null,
  };
}

/** The answer to GET /internal/related/{slug}. */
export async function listRelated(reading: Reading, slug: string, currency: Currency) {
  const product = await selectProduct(reading.db, slug);
  if (!product) return refuse('not-found');
  const likeness = { currency, categoryId: product.category_id, productId: product.id };
  const rows = await selectRelated(reading.db, likeness, relatedLimit);
  return { items: rows.map((row) => itemOf(row, currency, reading.media)) };
}

/** The answer to GET /internal/products. */
export async function listBySlugs({ db, media }: Reading, slugs: string[], currency: Currency) {
  const rows = await selectListingsBySlug(db, slugs, currency);
  rows.sort((a, b) => slugs.indexOf(a.slug) - slugs.indexOf(b.slug));
  return { items: rows.map((row) => itemOf(row, currency, media)) };
}

/** Undefined if nothing can pass: an unknown category, or words without a letter. */
async function filterOf({ shelf }: Reading, query: ListQuery): Promise<ListingFilter | undefined> {
  const { currency, category, brand, minPrice, maxPrice, q } = query;
  const categoryIds = category === undefined ? undefined : (await shelf.tree()).idsBelow(category);
  const searched = q !== undefined && q !== '';
  const words = searched ? searchWordsOf(q) : undefined;
  if (categoryIds?.length === 0 || (searched && !words)) return undefined;
  return {
    currency,
    attributes: attributesOf(query),
    ...(categoryIds ? { categoryIds } : {}),
    ...(brand === undefined ? {} : { brand }),
    ...(minPrice === undefined ? {} : { minPrice }),
    ...(maxPrice === undefined ? {} : { maxPrice }),
    ...(words ? { words } : {}),
  };
}

function attributesOf(query: ListQuery): ListingFilter['attributes'] {
  const names = Object.keys(query).filter((name) => name.startsWith('attr.'));
  if (names.length > maxAttributeFilters) {
    const detail = `at most ${maxAttributeFilters} parameters attr.NAME`;
    refuse('invalid-request', undefined, { errors: [{ pointer: '/query', detail }] });
  }
  return names
    .sort()
    .map((name) => ({ name: name.slice('attr.'.length), value: query[name as `attr.${string}`]! }));
}

function facetsOf({ db, shelf }: Reading, filter: ListingFilter): Promise<Facet[]> {
  return shelf.facets.get(JSON.stringify(filter), async () => {
    const { brand: _brand, categoryIds: _categoryIds, ...open } = filter;
    // Neither narrows itself: lists of all categories and brands share the count of the whole.
    const counting = shelf.counts.get(JSON.stringify(open), async () => ({
      value: await countBrandsAndCategories(db, open),
    }));
    const [counts, tree] = await Promise.all([counting, shelf.tree()]);
    const wanted = isNarrowed(filter) && totalOf(counts, filter) <= maxProductsWithAttributes;
    const attributes = wanted ? attributeFacets(await countAttributes(db, filter)) : [];
    return { value: [...categoryAndBrandFacets(counts, filter, tree), ...attributes] };
  });
}

function isNarrowed({ categoryIds, brand, words, attributes }: ListingFilter): boolean {
  return (categoryIds ?? brand ?? words) !== undefined || attributes.length > 0;
}

function itemOf(row: ListingRow, currency: Currency, media: Media) {
  const { id, slug, name, brand, rating } = row;
  return {
    id,
    slug,
    name,
    brand,
    image: media.urlOf(row.image),
    price: money(row.min_price, currency),
    inStock: row.in_stock === 1,
    rating,
  };
}
