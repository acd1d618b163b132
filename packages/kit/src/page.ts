/** Pages of a list, `{items, nextCursor}`: one row more than asked for tells whether there is another page. */
import joi from 'joi';

export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

/** Makes the page of `limit` out of up to `limit + 1` rows; the id of its last row is the cursor to the next. */
export function pageOf<Row extends { id: string }, Item>(
  rows: Row[],
  limit: number,
  view: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  return { items: shown.map(view), nextCursor: rows.length > limit ? shown.at(-1)!.id : null };
}

/** The schema of such an answer. */
export function listOf(item: joi.Schema): joi.ObjectSchema {
  const items = joi.array().items(item).required();
  return joi.object({ items, nextCursor: joi.string().allow(null).required() });
}
