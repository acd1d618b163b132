/** A page of products in memory: the first ones after a place, in an order, without sorting the others. */
import type { Currency } from '@souk/contracts/money';
import { firstThat } from './halving.ts';
import type { ProductColumns } from './product-columns.ts';

export const sorts = ['popular', 'newest', 'price', '-price'] as const;
export type Sort = (typeof sorts)[number];

/** Where a product stands in an order: its sort value (an integer; of `newest`, milliseconds since 1970) and its id. */
export interface Place {
  value: number;
  id: string;
}

/** Which part of a list in an order. */
export interface Page {
  sort: Sort;
  limit: number;
  /** Where the page before ended. */
  after?: Place | undefined;
}

/** Ids of a page, in order, and where it ended if there are more. */
export interface PageOfIds {
  ids: string[];
  end: Place | undefined;
}

/** By what each order sorts. */
function sortColumn(
  { popularity, publishedAtMs, prices }: ProductColumns,
  sort: Sort,
  currency: Currency,
): number[] {
  if (sort === 'popular') return popularity;
  return sort === 'newest' ? publishedAtMs : prices[currency];
}

/** A page of these products. Ties are broken by id, in the same direction. */
export function pageOf(
  products: Uint32Array,
  columns: ProductColumns,
  { sort, limit, after, currency }: Page & { currency: Currency },
): PageOfIds {
  const column = sortColumn(columns, sort, currency);
  const direction = sort === 'price' ? 1 : -1;
  const compare = (a: Place, b: Place) =>
    direction * (a.value - b.value || (a.id < b.id ? -1 : Number(a.id > b.id)));
  const first: Place[] = [];
  for (const product of products) {
    const value = column[product]!;
    // Most come too late for the page, and are known by this alone.
    if (first.length > limit && direction * (value - first[limit]!.value) > 0) continue;
    const place = { value, id: columns.ids[product]! };
    if (after && compare(place, after) <= 0) continue;
    first.splice(
      firstThat(first, (other) => compare(other, place) > 0),
      0,
      place,
    );
    if (first.length > limit + 1) first.pop();
  }
  const page = first.slice(0, limit);
  return { ids: page.map(({ id }) => id), end: first.length > limit ? page.at(-1) : undefined };
}
