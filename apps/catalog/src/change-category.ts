/** What staff do to the tree of categories: no cycles, no deeper than readers expect, and nothing under it is lost. */
import { changeByStaff, createByStaff, type Done } from '@souk/back-office/staff-command';
import type { Transaction } from '@souk/kit/db';
import { refuse } from '@souk/kit/problem';
import { type Input, type Reply, reply } from '@souk/kit/routes';
import {
  deleteCategory,
  hasProducts,
  insertCategory,
  lockCategories,
  readCategories,
  updateCategory,
} from './category-store.ts';
import { type CategoryRow, categoryTreeOf } from './category-tree.ts';
import { differenceOf, refuseBody, type StaffDeps } from './change-product.ts';

/** The body of POST; PATCH takes a part of it, but for the slug, which is its address. */
export interface CategoryBody {
  slug: string;
  name: string;
  /** A slug; null for a root. */
  parent: string | null;
  position: number;
}

const maxDepth = 4;
const maxCategories = 1_000;

/** GET /admin/categories: all of them. */
export async function listStaffCategories({ db }: Pick<StaffDeps, 'db'>) {
  const rows = await readCategories(db);
  return { items: rows.map((row) => viewOf(rows, row)) };
}

/** POST /admin/categories. */
export function createCategory(deps: StaffDeps, input: Input<CategoryBody>): Promise<Reply> {
  const { parent, ...values } = input.body;
  const work = async (tx: Transaction): Promise<Done> => {
    const rows = await lockCategories(tx);
    if (rows.some(({ slug }) => slug === values.slug)) refuse('already-exists', 'The slug is taken.');
    if (rows.length >= maxCategories) refuseBody('slug', `is one more than ${maxCategories} categories`);
    const row = { id: deps.newId(), ...values, parent_id: parentIn(rows, parent) };
    const after = [...rows, row];
    requireTree(after, row);
    await insertCategory(tx, row);
    const view = viewOf(after, row);
    return { change: changeOf('category.created', row.id, { after: view }), reply: reply(201, view) };
  };
  return clearing(deps, createByStaff(deps, input, work));
}

/** PATCH /admin/categories/{id}. */
export function changeCategory(deps: StaffDeps, input: Input<Partial<CategoryBody>>): Promise<Reply> {
  const { parent, ...values } = input.body;
  const work = async (tx: Transaction): Promise<Done> => {
    const rows = await lockCategories(tx);
    const row = rows.find(({ id }) => id === input.params.id) ?? refuse('not-found');
    const next = { ...row, ...values, ...(parent !== undefined && { parent_id: parentIn(rows, parent) }) };
    const after = rows.map((other) => (other === row ? next : other));
    requireTree(after, next);
    const view = viewOf(after, next);
    const difference = differenceOf(viewOf(rows, row), view);
    if (!difference) return { reply: reply(200, view) };
    await updateCategory(tx, next);
    return { change: changeOf('category.changed', row.id, difference), reply: reply(200, view) };
  };
  return clearing(deps, changeByStaff(deps, input, work));
}

/** DELETE /admin/categories/{id}. */
export function removeCategory(deps: StaffDeps, input: Input): Promise<Reply> {
  const work = async (tx: Transaction): Promise<Done> => {
    const rows = await lockCategories(tx);
    const row = rows.find(({ id }) => id === input.params.id) ?? refuse('not-found');
    const hasChildren = rows.some(({ parent_id }) => parent_id === row.id);
    if (hasChildren || (await hasProducts(tx, row.id))) refuse('category-in-use');
    await deleteCategory(tx, row.id);
    const change = changeOf('category.deleted', row.id, { before: viewOf(rows, row) });
    return { change, reply: reply(204) };
  };
  return clearing(deps, changeByStaff(deps, input, work));
}

function viewOf(rows: readonly CategoryRow[], { id, slug, name, parent_id, position }: CategoryRow) {
  const parent = rows.find((row) => row.id === parent_id)?.slug ?? null;
  return { id, slug, name, parent, position };
}

function changeOf(action: string, id: string, difference: { before?: unknown; after?: unknown }) {
  return { action, entity: 'category', entityId: id, before: null, after: null, ...difference };
}

function parentIn(rows: readonly CategoryRow[], slug: string | null): string | null {
  if (slug === null) return null;
  return rows.find((row) => row.slug === slug)?.id ?? refuseBody('parent', 'is no category');
}

/** Refuses a place below itself, and one by which anything comes to stand too deep. */
function requireTree(rows: readonly CategoryRow[], moved: CategoryRow): void {
  const byId = new Map(rows.map((row) => [row.id, row]));
  for (let above = byId.get(moved.parent_id ?? ''); above; above = byId.get(above.parent_id ?? '')) {
    if (above.id === moved.id) refuseBody('parent', 'stands below this category');
  }
  const tree = categoryTreeOf(rows);
  const depthOf = (id: string) => tree.lineOf(id).length;
  if (rows.some(({ id }) => depthOf(id) > maxDepth))
    refuseBody('parent', `is deeper than ${maxDepth} levels`);
}

async function clearing({ shelf }: StaffDeps, command: Promise<Reply>): Promise<Reply> {
  const answer = await command;
  shelf.clear();
  return answer;
}
