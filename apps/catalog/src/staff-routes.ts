/** Catalog's routes for staff: products with their variants, categories, pictures. */

import { idSchema, skuSchema } from '@souk/contracts/identifiers';
import { maxPictureBytes } from '@souk/contracts/ingress';
import type { ProblemCode } from '@souk/contracts/problems';
import { type Input, type Route, reply } from '@souk/kit/routes';
import { idempotencyKeySchema } from '@souk/kit/validate';
import joi from 'joi';
import { changeCategory, createCategory, listStaffCategories, removeCategory } from './change-category.ts';
import {
  changeProduct,
  createProduct,
  type Edit,
  publishing,
  readStaffProduct,
  rewriting,
  type StaffDeps,
} from './change-product.ts';
import { endingVariant, writingVariant } from './change-variant.ts';
import { listStaffProducts } from './list-staff-products.ts';
import { showing, storePicture } from './pictures.ts';
import { updateProduct } from './staff-product-store.ts';
import {
  categoryBody,
  categoryPatch,
  ifMatchSchema,
  imageBody,
  pictureSchema,
  productBody,
  productPatch,
  staffCategoriesSchema,
  staffCategorySchema,
  staffListQuery,
  staffProductSchema,
  staffProductsSchema,
  variantBody,
} from './staff-schemas.ts';

const reads = { audience: 'staff', permission: 'products.read' } as const;
const writes = { audience: 'staff', permission: 'products.write' } as const;
const byId = { id: idSchema };
const key = { 'idempotency-key': idempotencyKeySchema };
const keyProblems: ProblemCode[] = [
  'idempotency-key-required',
  'idempotency-key-reused',
  'idempotency-key-in-use',
];

/** One row a route. */
export function staffRoutes(deps: StaffDeps): Route[] {
  return [...productRoutes(deps), ...changeRoutes(deps), ...categoryRoutes(deps), pictureRoute(deps)];
}

function productRoutes(deps: StaffDeps): Route[] {
  return [
    {
      ...{ ...reads, method: 'GET', path: '/admin/products', operationId: 'listStaffProducts' },
      summary: 'Products in every state, newest first; `q` is part of a name, brand or slug, or begins a SKU',
      query: staffListQuery,
      responses: { 200: staffProductsSchema },
      handle: async ({ query }) =>
        reply(200, await listStaffProducts(deps, query as Parameters<typeof listStaffProducts>[1])),
    },
    {
      ...{ ...writes, method: 'POST', path: '/admin/products', operationId: 'createProduct' },
      summary: 'Add a product as a draft',
      headers: key,
      body: productBody,
      responses: { 201: staffProductSchema },
      problems: [...keyProblems, 'already-exists'],
      handle: (input) => createProduct(deps, input),
    },
    {
      ...{ ...reads, method: 'GET', path: '/admin/products/{id}', operationId: 'readStaffProduct' },
      summary: 'A product in any state, with the ETag that a change of it needs',
      params: byId,
      responses: { 200: staffProductSchema },
      handle: ({ params }) => readStaffProduct(deps, params.id!),
    },
  ];
}

type Change = Pick<Route, 'method' | 'path' | 'operationId' | 'summary'> &
  Partial<Route> & { action: string; edit: (input: Input) => Edit };

/** Each takes If-Match, answers the whole product, and is seen by shoppers at once if it is published. */
function changeRoutes(deps: StaffDeps): Route[] {
  const { now, media } = deps;
  const status = (to: Edit, verb: string, path: string, action: string): Change => ({
    ...{ method: 'POST', path: `/admin/products/{id}/${path}`, operationId: `${verb}Product`, action },
    summary: verb === 'publish' ? 'Show a product to everybody' : 'Take a product out of the shop',
    edit: () => to,
  });
  const archiving: Edit = (tx, { id }) => updateProduct(tx, id, { status: 'archived' });
  const variant = { path: '/admin/products/{id}/variants/{sku}', params: { ...byId, sku: skuSchema } };
  const rows: Change[] = [
    {
      ...{ method: 'PATCH', path: '/admin/products/{id}', operationId: 'changeProduct' },
      summary: 'Change a product; what is left out stays, attributes are replaced whole',
      headers: { 'if-match': ifMatchSchema.required() },
      body: productPatch,
      action: 'product.changed',
      edit: ({ body }) => rewriting(body as Parameters<typeof rewriting>[0]),
    },
    {
      ...{ ...variant, method: 'PUT', operationId: 'writeVariant', action: 'variant.written' },
      summary: 'Add or change a variant; an archived one is sold again',
      body: variantBody,
      edit: ({ params, body }) => writingVariant({ ...(body as object), sku: params.sku! } as never),
    },
    {
      ...{ ...variant, method: 'DELETE', operationId: 'endVariant', action: 'variant.ended' },
      summary: 'Sell a variant no longer; in a draft that was never published it is gone',
      edit: ({ params }) => endingVariant(params.sku!, now),
    },
    {
      ...{ method: 'PUT', path: '/admin/products/{id}/image', operationId: 'setImage' },
      summary: 'Show a picture that was stored by POST /admin/media',
      body: imageBody,
      action: 'product.changed',
      edit: ({ body }) => showing(media, (body as { file: string }).file),
    },
    status(publishing(now), 'publish', 'publication', 'product.published'),
    status(archiving, 'archive', 'archival', 'product.archived'),
  ];
  return rows.map(({ action, edit, ...row }): Route => {
    const keyed = row.method === 'POST';
    const problems: ProblemCode[] = ['stale-etag', 'not-publishable', 'already-exists'];
    return {
      ...{ params: byId, ...writes, ...row, responses: { 200: staffProductSchema } },
      headers: { 'if-match': ifMatchSchema, ...(keyed && key), ...row.headers },
      problems: keyed ? [...problems, ...keyProblems] : problems,
      handle: (input) => changeProduct(deps, input, { action, edit: edit(input), keyed }),
    };
  });
}

function categoryRoutes(deps: StaffDeps): Route[] {
  const path = '/admin/categories';
  return [
    {
      ...{ ...reads, method: 'GET', path, operationId: 'listStaffCategories' },
      summary: 'All categories, flat, siblings in their order',
      responses: { 200: staffCategoriesSchema },
      handle: async () => reply(200, await listStaffCategories(deps)),
    },
    {
      ...{ ...writes, method: 'POST', path, operationId: 'createCategory', summary: 'Add a category' },
      headers: key,
      body: categoryBody,
      responses: { 201: staffCategorySchema },
      problems: [...keyProblems, 'already-exists'],
      handle: (input) => createCategory(deps, input),
    },
    {
      ...{ ...writes, method: 'PATCH', path: `${path}/{id}`, operationId: 'changeCategory' },
      summary: 'Rename a category or move it, with all below it',
      params: byId,
      body: categoryPatch,
      responses: { 200: staffCategorySchema },
      handle: (input) => changeCategory(deps, input),
    },
    {
      ...{ ...writes, method: 'DELETE', path: `${path}/{id}`, operationId: 'removeCategory' },
      summary: 'Remove a category in which nothing stands',
      params: byId,
      responses: { 204: null },
      problems: ['category-in-use'],
      handle: (input) => removeCategory(deps, input),
    },
  ];
}

function pictureRoute(deps: StaffDeps): Route {
  return {
    ...{ ...writes, method: 'POST', path: '/admin/media', operationId: 'storePicture' },
    summary: 'Store a picture: PNG, JPEG or WebP, at most 2 MB and 4,096 pixels a side; equal ones are one',
    headers: { ...key, 'content-type': joi.string().max(200) },
    rawBody: true,
    bodyLimitBytes: maxPictureBytes,
    responses: { 201: pictureSchema },
    problems: [...keyProblems, 'unsupported-media-type'],
    handle: (input) => storePicture(deps, input),
  };
}
