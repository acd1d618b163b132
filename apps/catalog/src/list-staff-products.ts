/** GET /admin/products: a page of products in every state. */
import { idSchema } from '@souk/contracts/identifiers';
import { refuse } from '@souk/kit/problem';
import type { StaffDeps } from './change-product.ts';
import { type StaffFilter, selectStaffProducts } from './staff-product-store.ts';

type ListQuery = Omit<StaffFilter, 'beforeId'> & { limit: number; cursor?: string };

/** The cursor is the last id. */
export async function listStaffProducts({ db, media }: Pick<StaffDeps, 'db' | 'media'>, query: ListQuery) {
  const { limit, cursor, ...filter } = query;
  if (cursor !== undefined && idSchema.validate(cursor).error) {
    const detail = 'is not a cursor of this list';
    refuse('invalid-request', undefined, { errors: [{ pointer: '/query/cursor', detail }] });
  }
  const rows = await selectStaffProducts(db, { ...filter, ...(cursor && { beforeId: cursor }) }, limit + 1);
  const items = rows.slice(0, limit).map((row) => ({ ...row, imageUrl: media.urlOf(row.image) }));
  return { items, nextCursor: rows.length > limit ? items.at(-1)!.id : null };
}
