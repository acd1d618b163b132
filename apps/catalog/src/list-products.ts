/** GET /products: a page of published products that pass a filter, and the facets of the whole list. */
import type { Currency } from '@souk/contracts/money';
import { money } from '@souk/contracts/money';
import type { Database } from '@souk/kit/db';
import { refuse } from '@souk/kit/problem';
import { attributeFacets, categoryAndBrandFacets, type Facet } from '@souk/product-index/facets';
import type { ProductFilter } from '@souk/product-index/product-filter';
import type { Found } from '@souk/product-index/product-index';
import type { Page, Sort } from '@souk/product-index/product-page';
import { searchWordsOf } from '@souk/product-index/search-words';
import type { CategoryTree } from './category-tree.ts';
import { cursorOf, placeOf } from './list-cursor.ts';
import {
  type ListingRow,
  selectListings,
  selectListingsById,
  selectListingsBySlug,
  selectRelated,
} from './listing-store.ts';
import type { Media } from './media.ts';
import { selectProduct } from './product-store.ts';
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
/** Categories that are read one by one; a page of more comes from the index. */
const maxCategoryReads = 20;
const relatedLimit = 8;

/** The answer to GET /products. */
export async function listProducts(reading: Reading, query: ListQuery) {
  const after = query.cursor === undefined ? undefined : placeOf(query.sort, query.cursor);
  const filter = await filterOf(reading, query);
  if (filter === undefined) return { items: [], facets: [], nextCursor: null };
  const { sort, limit, currency } = query;
  const find = finding(reading, filter);
  const [{ rows, end }, facets] = await Promise.all([
    readPage(reading, filter, { sort, limit, after }, find),
    facetsOf(reading, filter, find),
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

type Find = () => Promise<{ found: Found; tree: CategoryTree }>;

/** What the index finds, looked for only if somebody asks, and once by those who ask at the same time. */
function finding({ shelf }: Reading, filter: ProductFilter): Find {
  let found: ReturnType<Find> | undefined;
  const find = async () => {
    const [index, tree] = await Promise.all([shelf.index(), shelf.tree()]);
    return { found: index.find(filter, tree), tree };
  };
  return () => {
    // Forgotten when it has been heard: facets are read anew by the same function later.
    found ??= find().finally(() => {
      found = undefined;
    });
    return found;
  };
}

/** A page of the whole list or of categories begins in an index of the table, any other among what was found. */
async function readPage(
  { db }: Reading,
  { currency, categoryIds, attributes, ...narrower }: ProductFilter,
  page: Page,
  find: Find,
): Promise<Awaited<ReturnType<typeof selectListings>>> {
  const isWhole = attributes.length === 0 && Object.keys(narrower).length === 0;
  if (isWhole && (categoryIds ?? []).length <= maxCategoryReads) {
    return selectListings(db, { currency, ...(categoryIds && { categoryIds }) }, page);
  }
  const { ids, end } = (await find()).found.page(page);
  return { rows: await selectListingsById(db, ids, currency), end };
}

/** Undefined if nothing can pass: an unknown category, or words without a letter. */
async function filterOf({ shelf }: Reading, query: ListQuery): Promise<ProductFilter | undefined> {
  const { currency, category, brand, minPrice, maxPrice, q } = query;
  const categoryIds = category === undefined ? undefined : (await shelf.tree()).idsBelow(category);
  const words = q === undefined || q === '' ? undefined : searchWordsOf(q);
  if (categoryIds?.length === 0 || words?.length === 0) return undefined;
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

function attributesOf(query: ListQuery): ProductFilter['attributes'] {
  const names = Object.keys(query).filter((name) => name.startsWith('attr.'));
  if (names.length > maxAttributeFilters) {
    const detail = `at most ${maxAttributeFilters} parameters attr.NAME`;
    refuse('invalid-request', undefined, { errors: [{ pointer: '/query', detail }] });
  }
  return names
    .sort()
    .map((name) => ({ name: name.slice('attr.'.length), value: query[name as `attr.${string}`]! }));
}

function facetsOf({ shelf }: Reading, filter: ProductFilter, find: Find): Promise<Facet[]> {
  return shelf.facets.get(JSON.stringify(filter), async () => {
    const { found, tree } = await find();
    const isWanted = isNarrowed(filter) && found.count <= maxProductsWithAttributes;
    const attributes = isWanted ? attributeFacets(found.countAttributes()) : [];
    return { value: [...categoryAndBrandFacets(found, tree), ...attributes] };
  });
}

function isNarrowed({ categoryIds, brand, words, attributes }: ProductFilter): boolean {
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
