/** What visitors ask a growing catalogue for: drawn from the smaller one, the same on every machine, sent to both. */
import type { Sort } from '@souk/product-index/product-page';
import type { Connection } from 'mysql2/promise';
import { cursorOf } from '../../apps/catalog/src/list-cursor.ts';

const market = 'currency=EUR&country=DE';
const pageSize = 20;
/** In the order of the list: `value` is what the list is sorted by. */
const sortedBy: Record<Sort, (row: Row) => number> = {
  popular: ({ popularity }) => popularity,
  newest: ({ published }) => Number(published),
  price: ({ price }) => price,
  '-price': ({ price }) => price,
};

interface Row {
  id: string;
  name: string;
  category: string;
  parent: string | null;
  popularity: number;
  published: Date;
  price: number;
}

/** Paths of GET /products, all different. */
export interface Drawn {
  /** Every page of every category and of the whole list, in all four orders. */
  lists: string[];
  /** Of eight: one of one word or its beginning, four of two words, three of three. */
  searches: string[];
}

/** Draws all lists that the catalogue has, and as many searches as its names give. */
export async function drawPaths(db: Connection): Promise<Drawn> {
  const [rows] = (await db.query(
    `SELECT listing.product_id AS id, listing.name, category.slug AS category, above.slug AS parent,
       listing.popularity, listing.published_at AS published, listing.min_price AS price
     FROM catalog.listings listing JOIN catalog.categories category ON category.id = listing.category_id
     LEFT JOIN catalog.categories above ON above.id = category.parent_id
     WHERE listing.currency = 'EUR' ORDER BY listing.slug`,
  )) as unknown as [Row[]];
  const lists = [
    undefined,
    ...new Set(rows.flatMap(({ category, parent }) => [category, ...(parent ? [parent] : [])])),
  ];
  return {
    lists: mixed(lists.flatMap((slug) => pagesOf(rows, slug))).map(pathOf),
    searches: textsOf(rows.map(({ name }) => name)).map((text) => pathOf(`q=${encodeURIComponent(text)}`)),
  };
}

const pathOf = (query: string) => `/api/v1/products?${market}&${query}`;

/** Where each page of a list begins, in each order. */
function pagesOf(all: readonly Row[], slug: string | undefined): string[] {
  const rows = all.filter(
    ({ category, parent }) => slug === undefined || category === slug || parent === slug,
  );
  return (Object.keys(sortedBy) as Sort[]).flatMap((sort) => {
    const way = sort === 'price' ? 1 : -1;
    const value = sortedBy[sort];
    const sorted = rows.toSorted((a, b) => way * (value(a) - value(b) || (a.id < b.id ? -1 : 1)));
    const ends = sorted.filter((_, place) => (place + 1) % pageSize === 0);
    const cursors = ends.map((row) => `&cursor=${cursorOf(sort, { value: value(row), id: row.id })}`);
    return ['', ...cursors].map((cursor) => `sort=${sort}${slug ? `&category=${slug}` : ''}${cursor}`);
  });
}

/** What somebody may type who looks for `Some Words, Edition Edition of Place`. */
function textsOf(names: readonly string[]): string[] {
  const [one, two, three] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const name of names) {
    const [base = '', rest = ''] = name.split(', ');
    const [edition = '', place = ''] = [rest.split(' ')[0], rest.split(' ').at(-1)];
    for (const word of base.split(/[^\p{L}]+/u).filter(({ length }) => length > 3)) {
      for (const text of [word, word.slice(0, 4), edition, place]) if (text) one.add(text);
      if (!edition) continue;
      for (const text of [`${word} ${edition}`, `${word} ${place}`]) two.add(text);
      three.add(`${edition} ${place} ${word}`);
    }
  }
  const [singles, pairs, triples] = [one, two, three].map((texts) => mixed([...texts])) as [
    string[],
    string[],
    string[],
  ];
  return singles.flatMap((single, place) => [
    single,
    ...pairs.slice(4 * place, 4 * place + 4),
    ...triples.slice(3 * place, 3 * place + 3),
  ]);
}

/** The same in no order that a list or an index has, the same each time. */
function mixed<T>(list: readonly T[]): T[] {
  return list
    .map((value, place) => ({ value, rank: ((place + 1) * 0.618_033_988_749_895) % 1 }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ value }) => value);
}

/** Draws of which some come often and most seldom: the first tenth of the list makes a third of them. */
export function drawOften<T>(list: readonly T[], count: number): T[] {
  return Array.from({ length: count }, (_, place) => {
    const even = ((place + 1) * 0.618_033_988_749_895) % 1;
    return list[Math.floor(even ** 2 * list.length)]!;
  });
}
