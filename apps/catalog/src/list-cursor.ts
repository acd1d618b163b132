/** Cursors of the product list: where the page before ended, opaque to clients, and checked when they come back. */
import { refuse } from '@souk/kit/problem';
import type { Place, Sort } from '@souk/product-index/product-page';

const form = /^(popular|newest|price|-price) (\d{1,15}) ([0-7][0-9A-HJKMNP-TV-Z]{25})$/;

/** Writes a cursor. */
export function cursorOf(sort: Sort, { value, id }: Place): string {
  return Buffer.from(`${sort} ${value} ${id}`).toString('base64url');
}

/** Reads a cursor; refuses one that is not ours, or of another sort order. */
export function placeOf(sort: Sort, cursor: string): Place {
  const [, of, value, id] = form.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  if (of !== sort || cursorOf(sort, { value: Number(value), id: id! }) !== cursor) {
    const detail = 'is not a cursor of this list in this order';
    return refuse('invalid-request', undefined, { errors: [{ pointer: '/query/cursor', detail }] });
  }
  return { value: Number(value), id: id! };
}
