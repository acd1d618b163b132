/** What staff do to a product: its rows, what readers see of it, its event and its audit row share one transaction. */
import { type CommandDeps, changeByStaff, createByStaff, type Done } from '@souk/back-office/staff-command';
import type { Transaction } from '@souk/kit/db';
import { enqueue } from '@souk/kit/outbox';
import { isRefusal, problemOf, refuse } from '@souk/kit/problem';
import { type Input, type Reply, reply } from '@souk/kit/routes';
import type { Deps } from '@souk/kit/service';
import { lockCategoryId } from './category-store.ts';
import type { Reading } from './list-products.ts';
import { placeholderPicture } from './media.ts';
import { projectProducts } from './projection-store.ts';
import {
  findStaffProduct,
  insertProduct,
  insertVariants,
  type NewVariant,
  type ProductValues,
  replaceAttributes,
  type StaffProduct,
  updateProduct,
} from './staff-product-store.ts';

export type StaffDeps = CommandDeps & Pick<Deps, 'dapr' | 'now'> & Reading;

/** The body of POST /admin/products; PATCH takes a part of it. */
export type ProductBody = Pick<
  StaffProduct,
  'slug' | 'name' | 'brand' | 'category' | 'description' | 'taxClass' | 'attributes'
> & { variants: NewVariant[] };

/** Changes rows of a locked product; whether anything is different is found out afterwards. */
export type Edit = (tx: Transaction, product: StaffProduct) => Promise<void>;

/** Adds a draft. */
export async function createProduct(deps: StaffDeps, input: Input<ProductBody>): Promise<Reply> {
  const { variants, attributes, category, ...values } = input.body;
  const done = await createByStaff(deps, input, async (tx) => {
    const id = deps.newId();
    const categoryId = await knownCategory(tx, category);
    await insertProduct(tx, id, { ...values, categoryId, image: placeholderPicture });
    await replaceAttributes(tx, id, attributes);
    await insertVariants(tx, id, { variants });
    const product = (await findStaffProduct(tx, id))!;
    return {
      change: { action: 'product.created', entity: 'product', entityId: id, before: null, after: product },
      reply: reply(201, viewOf(deps, product)),
    };
  });
  return tagged(done);
}

/** What is to become of a product; `keyed` on a POST, which needs an Idempotency-Key. */
export interface ProductChange {
  action: string;
  edit: Edit;
  keyed?: boolean;
}

/** Answers a change of the product that the path names. */
export async function changeProduct(deps: StaffDeps, input: Input, change: ProductChange): Promise<Reply> {
  const command = change.keyed ? createByStaff : changeByStaff;
  try {
    const done = await command(deps, input, (tx) => edited(deps, tx, input, change));
    deps.shelf.clear();
    return tagged(done);
  } catch (error) {
    if (!isRefusal(error, 'stale-etag')) throw error;
    const { etag } = tagged(reply(412, error.extra.current)).headers!;
    return reply(412, problemOf(error), { 'content-type': 'application/problem+json', etag: etag! });
  }
}

/** The edit of PATCH /admin/products/{id}. */
export function rewriting({ category, attributes, ...values }: Partial<ProductBody>): Edit {
  return async (tx, { id }) => {
    const own: ProductValues = {
      ...values,
      ...(category && { categoryId: await knownCategory(tx, category) }),
    };
    if (Object.keys(own).length > 0) await updateProduct(tx, id, own);
    if (attributes) await replaceAttributes(tx, id, attributes);
  };
}

/** The edit that shows a product to everybody; it keeps the time of its first publication. */
export function publishing(now: () => Date): Edit {
  return async (tx, { id, publishedAt }) =>
    updateProduct(tx, id, { status: 'published', ...(publishedAt === null && { publishedAt: now() }) });
}

/** GET /admin/products/{id}. */
export async function readStaffProduct(deps: Pick<StaffDeps, 'db' | 'media'>, id: string): Promise<Reply> {
  const product = (await findStaffProduct(deps.db, id)) ?? refuse('not-found');
  return tagged(reply(200, viewOf(deps, product)));
}

function viewOf({ media }: Pick<Reading, 'media'>, product: StaffProduct) {
  return { ...product, imageUrl: media.urlOf(product.image) };
}

/** A whole product with the ETag of its version; a stored answer has lost its own. */
function tagged({ status, body }: Reply): Reply {
  const { version } = body as StaffProduct;
  return reply(status, body, { etag: `"${version}"`, 'cache-control': 'private, no-cache' });
}

async function edited(
  deps: StaffDeps,
  tx: Transaction,
  { params, headers }: Input,
  { action, edit }: ProductChange,
): Promise<Done> {
  const id = params.id!;
  const before = (await findStaffProduct(tx, id, { lock: true })) ?? refuse('not-found');
  requireMatch(deps, before, headers['if-match']);
  await edit(tx, before);
  const after = (await findStaffProduct(tx, id))!;
  const change = differenceOf(before, after);
  if (!change) return { reply: reply(200, viewOf(deps, before)) };
  if (change.after.variants) {
    // Those that differ: all hundred would be more than an audit row holds.
    change.before.variants = missingIn(after.variants, before.variants);
    change.after.variants = missingIn(before.variants, after.variants);
  }
  requireSellable(after);
  after.version += 1;
  await updateProduct(tx, id, { version: after.version });
  await projectProducts(tx, [id]);
  await announce(tx, before, after);
  return {
    change: { action, entity: 'product', entityId: id, ...change },
    reply: reply(200, viewOf(deps, after)),
  };
}

function requireMatch(deps: StaffDeps, product: StaffProduct, ifMatch: string | undefined): void {
  if (ifMatch === undefined || ifMatch.trim() === '*') return;
  const versions = [...ifMatch.matchAll(/(?:^|,)\s*"(\d+)"/g)].map(([, version]) => version);
  if (versions.includes(`${product.version}`)) return;
  refuse('stale-etag', undefined, { current: viewOf(deps, product) });
}

function requireSellable({ status, variants }: StaffProduct): void {
  if (status !== 'published' || variants.some(({ archived }) => !archived)) return;
  refuse('not-publishable', 'It needs a variant that is sold.');
}

/** The members that differ; undefined if none does. */
export function differenceOf<T extends object>(before: T, after: T) {
  const names = Object.keys(after) as (keyof T)[];
  const changed = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  if (changed.length === 0) return undefined;
  const part = (of: T) => Object.fromEntries(changed.map((name) => [name, of[name]])) as Partial<T>;
  return { before: part(before), after: part(after) };
}

/** Those of `variants` that do not stand among `others` just so. */
function missingIn(others: StaffProduct['variants'], variants: StaffProduct['variants']) {
  const known = new Set(others.map((variant) => JSON.stringify(variant)));
  return variants.filter((variant) => !known.has(JSON.stringify(variant)));
}

/** Drafts are nobody else's business, nor are changes of what is archived. */
async function announce(tx: Transaction, before: StaffProduct, after: StaffProduct): Promise<void> {
  const { id, slug, status, taxClass, version } = after;
  const wasSeen = before.status === 'published';
  if (status !== 'published' && !wasSeen) return;
  const again = status === 'published' && wasSeen;
  const sold = after.variants.filter(({ archived }) => !archived);
  const variants = sold.map(({ sku, weightGrams }) => ({ sku, taxClass, weightGrams }));
  const payload = {
    productId: id,
    slug,
    skus: after.variants.map(({ sku }) => sku),
    ...(status === 'published' && { variants }),
  };
  const type = again ? 'product.changed' : wasSeen ? 'product.archived' : 'product.published';
  await enqueue(tx, [{ type, subject: id, version, payload }]);
}

async function knownCategory(tx: Transaction, slug: string): Promise<string> {
  return (await lockCategoryId(tx, slug)) ?? refuseBody('category', 'is no category');
}

/** Refuses a body whose member does not fit what there is. */
export function refuseBody(member: string, detail: string): never {
  return refuse('invalid-request', undefined, { errors: [{ pointer: `/body/${member}`, detail }] });
}
