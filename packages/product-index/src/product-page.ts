/** A page of products in memory: the first ones after a place, in an order, without sorting the others. */
import type { Currency } from '@souk/contracts/money';
import type { IndexedProduct } from './product-filter.ts';

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

const sortValues: Record<Sort, (product: IndexedProduct, currency: Currency) => number> = {
  popular: ({ popularity }) => popularity,
  newest: ({ publishedAtMs }) => publishedAtMs,
  price: ({ prices }, currency) => prices[currency]!,
  '-price': ({ prices }, currency) => prices[currency]!,
};

/** Places of the page, in order, and where it ended if there are more. Ties are broken by id, in the same direction. */
export function pageOf(
  products: readonly IndexedProduct[],
  { sort, limit, after }: Page,
  currency: Currency,
): { ids: string[]; end: Place | undefined } {
  const direction = sort === 'price' ? 1 : -1;
  const compare = (a: Place, b: Place) =>
    direction * (a.value - b.value || (a.id < b.id ? -1 : Number(a.id > b.id)));
  const first: Place[] = [];
  for (const product of products) {
    const place = { value: sortValues[sort](product, currency), id: product.id };
    if (after && compare(place, after) <= 0) continue;
    if (first.length > limit && compare(place, first[limit]!) >= 0) continue;
    first.splice(placeIn(first, place, compare), 0, place);
    if (first.length > limit + 1) first.pop();
  }
  const page = first.slice(0, limit);
  return { ids: page.map(({ id }) => id), end: first.length > limit ? page.at(-1) : undefined };
}

/** Where it belongs: after the last one that comes before it. */
function placeIn(sorted: readonly Place[], place: Place, compare: (a: Place, b: Place) => number): number {
  return sorted.findLastIndex((other) => compare(other, place) < 0) + 1;
}
