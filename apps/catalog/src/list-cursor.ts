/** Cursors of the product list: where the page before ended, opaque to clients, and checked when they come back. */
import { refuse } from '@souk/kit/problem';

export const sorts = ['popular', 'newest', 'price', '-price'] as const;
export type Sort = (typeof sorts)[number];

/** The last product of a page: its sort value (an integer; of `newest`, milliseconds since 1970) and its id. */
export interface Place {
  value: number;
  id: string;
}

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
