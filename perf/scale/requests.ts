/** What visitors ask for while the catalogue grows: drawn once from the smaller catalogue, sent the same to the larger one. */
import type { Connection } from 'mysql2/promise';
import { cursorOf, type Sort } from '../../apps/catalog/src/list-cursor.ts';
import type { HammerOrder } from '../hammer.ts';

type Requests = HammerOrder['requests'];

export interface Kind {
  name: string;
  requests: Requests;
  /** Bars in milliseconds, and as a multiple of the smaller catalogue's p95. */
  p95MsAtFirst?: number;
  mostGrowth: number;
}

const market = 'currency=EUR&country=DE';
const drawn = 4_000;
const different = 3_000;
const sorts: readonly Sort[] = ['popular', 'newest', 'price', '-price'];
const columnOf = { popular: 'popularity', newest: 'published_at', price: 'min_price', '-price': 'min_price' };

/** Draws every kind of request. `remembered` ones come again and again, `all different` ones find nothing remembered. */
export async function drawRequests(db: Connection): Promise<Kind[]> {
  const places = await placesIn(db);
  const names = await column(
    db,
    "SELECT name FROM catalog.products WHERE status = 'published' AND name LIKE '%,%' ORDER BY id",
  );
  const categories = await column(db, 'SELECT slug FROM catalog.categories ORDER BY slug');
  const texts = [...new Set(names.flatMap(textsOf))];
  const firstPages = sorts.flatMap((sort) =>
    ['EUR', 'USD'].map((currency) => `currency=${currency}&country=DE&sort=${sort}`),
  );
  const popular = spread(texts, 400);
  return [
    kind('list', drawOften([...firstPages, ...spread(places, 72)])),
    kind('list, deep pages, all different', spread(places, different)),
    kind(
      'list by price, all different',
      Array.from({ length: different }, (_, n) => `${market}&minPrice=${300 + n}&maxPrice=${2_000 + 5 * n}`),
    ),
    kind(
      'category',
      drawOften(categories.flatMap((slug) => sorts.map((sort) => `${market}&category=${slug}&sort=${sort}`))),
    ),
    { ...kind('search', drawOften(popular.map(searchFor))), p95MsAtFirst: 50 },
    { ...kind('search, all different', spread(texts, different).map(searchFor)), p95MsAtFirst: 50 },
  ];
}

const searchFor = (text: string) => `${market}&q=${encodeURIComponent(text)}`;

function kind(name: string, queries: string[]): Kind {
  const requests: Requests = queries.map((query) => ({ method: 'GET', path: `/api/v1/products?${query}` }));
  return { name, requests, mostGrowth: 1.5 };
}

/** Where pages of each order begin, all over the list. */
async function placesIn(db: Connection): Promise<string[]> {
  const all = await Promise.all(
    sorts.map(async (sort) => {
      const direction = sort === 'price' ? 'ASC' : 'DESC';
      const [rows] = (await db.query(
        `SELECT product_id AS id, ${columnOf[sort]} AS value FROM catalog.listings WHERE currency = 'EUR'
         ORDER BY ${columnOf[sort]} ${direction}, product_id ${direction} LIMIT 10000`,
      )) as unknown as [{ id: string; value: number | Date }[]];
      const cursors = rows.map(({ id, value }) => cursorOf(sort, { id, value: Number(value) }));
      return spread(cursors, different / sorts.length).map(
        (cursor) => `${market}&sort=${sort}&cursor=${cursor}`,
      );
    }),
  );
  // One of each order in turn.
  return all[0]!.flatMap((_, place) => all.map((ofSort) => ofSort[place]!));
}

/** What somebody may type who looks for a product `Base Name, Edition Edition of Place`. */
function textsOf(name: string): string[] {
  const [base = '', rest = ''] = name.split(', ');
  const words = base.split(/[^\p{L}]+/u).filter((word) => word.length > 3);
  const edition = rest.split(' ')[0] ?? '';
  const place = rest.split(' ').at(-1) ?? '';
  return words.flatMap((word) => [
    word,
    word.slice(0, 4),
    `${word} ${edition}`,
    `${word} ${place}`,
    `${edition} ${place} ${word}`,
  ]);
}

/** `count` of a list, from all over it; fewer if it is shorter. */
export function spread<T>(list: readonly T[], count: number): T[] {
  if (list.length <= count) return [...list];
  return Array.from({ length: count }, (_, place) => list[Math.floor((place * list.length) / count)]!);
}

/** The first of the list more often than the last: a tenth of it makes a third of the draws. Always the same draws. */
export function drawOften<T>(list: readonly T[]): T[] {
  return Array.from({ length: drawn }, (_, n) => {
    // The golden section's multiples fill the range evenly, in no order that anything here could keep step with.
    const even = (n * 0.618_033_988_749_895) % 1;
    return list[Math.floor(even ** 2 * list.length)]!;
  });
}

async function column(db: Connection, sql: string): Promise<string[]> {
  const [rows] = (await db.query({ sql, rowsAsArray: true })) as unknown as [string[][]];
  return rows.map(([value]) => value!);
}
