/** Catalog's routes for programs. Answers are kept by URL as bytes, see shelf.ts. */
import { slugSchema } from '@souk/contracts/identifiers';
import { type Reply, type Route, reply } from '@souk/kit/routes';
import { type ListQuery, listBySlugs, listProducts, listRelated, type Reading } from './list-products.ts';
import type { Memory } from './memory.ts';
import { readProduct, readSummaries } from './read-product.ts';
import { readyJson } from './ready-answer.ts';
import {
  attributeQuery,
  categoriesSchema,
  listQuery,
  listSchema,
  marketQuery,
  productSchema,
  relatedSchema,
  searchQuery,
  skusQuery,
  slugsQuery,
  suggestionsSchema,
  summariesSchema,
} from './schemas.ts';
import { suggest } from './suggest.ts';

const bySlug = { slug: slugSchema };
const open = { method: 'GET', audience: 'public' } as const;

/** One row a route. */
export function routes(reading: Reading): Route[] {
  return [...listRoutes(reading), ...productRoutes(reading), ...internalRoutes(reading)];
}

function listRoutes(reading: Reading): Route[] {
  const { lists } = reading.shelf;
  return [
    {
      ...open,
      path: '/categories',
      operationId: 'listCategories',
      summary: 'The tree of categories',
      responses: { 200: categoriesSchema, 304: null },
      ...kept(lists, async () => ({ items: (await reading.shelf.tree()).roots })),
    },
    {
      ...open,
      path: '/products',
      operationId: 'listProducts',
      summary: 'Products by filter, words and order, with facets',
      query: listQuery,
      queryPattern: attributeQuery,
      responses: { 200: listSchema, 304: null },
      ...kept(lists, ({ query }) => listProducts(reading, query as ListQuery)),
    },
    {
      ...open,
      path: '/search/suggestions',
      operationId: 'suggest',
      summary: 'What somebody who is still typing may mean',
      query: { q: searchQuery.required() },
      responses: { 200: suggestionsSchema, 304: null },
      ...kept(lists, ({ query }) => suggest(reading, query.q)),
    },
  ];
}

function productRoutes(reading: Reading): Route[] {
  const { details } = reading.shelf;
  return [
    {
      ...open,
      path: '/products/{slug}',
      operationId: 'readProduct',
      summary: 'A product with its variants and what is left of them',
      params: bySlug,
      query: marketQuery,
      responses: { 200: productSchema, 304: null },
      ...kept(
        details,
        ({ params, query }) => readProduct(reading, params.slug!, query.currency),
        ({ id, variants }) => [id, ...variants.map(({ sku }) => sku)],
      ),
    },
  ];
}

/** For the cart, and for recommendations: the same items as in lists, for what it knows by slug. */
function internalRoutes(reading: Reading): Route[] {
  const { inside: lists } = reading.shelf;
  const inside = { method: 'GET', audience: 'internal' } as const;
  return [
    {
      ...inside,
      path: '/internal/products',
      operationId: 'readListedProducts',
      summary: 'Products by slug in the order asked for; what is not for sale there is absent',
      query: { ...marketQuery, slugs: slugsQuery },
      responses: { 200: relatedSchema, 304: null },
      handle: kept(lists, ({ query }) => listBySlugs(reading, query.slugs.split(','), query.currency)).handle,
    },
    {
      ...inside,
      path: '/internal/related/{slug}',
      operationId: 'readRelatedProducts',
      summary: 'Popular products of the same category, for when nothing better is known',
      params: bySlug,
      query: marketQuery,
      responses: { 200: relatedSchema, 304: null },
      handle: kept(lists, ({ params, query }) => listRelated(reading, params.slug!, query.currency)).handle,
    },
    {
      ...inside,
      path: '/internal/variants',
      operationId: 'readVariantSummaries',
      summary: 'What a cart shows of SKUs; unknown ones are absent',
      query: { skus: skusQuery },
      responses: { 200: summariesSchema },
      handle: async ({ query }) => reply(200, await readSummaries(reading, query.skus.split(','))),
    },
  ];
}

/** A route's `ready` and `handle`: what `read` brings becomes bytes, and these stay in memory under their URL. */
function kept<T>(
  memory: Memory<Reply>,
  read: (input: Parameters<Route['handle']>[0]) => Promise<T>,
  tagsOf?: (answer: T) => string[],
): Pick<Route, 'ready' | 'handle'> {
  return {
    ready: memory.peek,
    handle: (input) =>
      memory.get(input.url, async () => {
        const answer = await read(input);
        return { value: readyJson(answer), tags: tagsOf?.(answer) ?? [] };
      }),
  };
}
