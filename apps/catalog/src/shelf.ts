/** What lies ready in this process: whole answers as bytes, and small tables, until something in them has changed. */
import type { Database } from '@souk/kit/db';
import type { Reply } from '@souk/kit/routes';
import { selectBrands, selectCategories } from './category-store.ts';
import type { CategoryTree } from './category-tree.ts';
import { type ChangedRow, lookBackMs, maxChangedRows, selectChanged } from './change-store.ts';
import type { Facet } from './facets.ts';
import type { BrandAndCategoryCount } from './listing-store.ts';
import { createMemory, type Memory } from './memory.ts';

/** How often a process looks for changes. While it can, answers stay; else they are at most as old as this: a change is seen everywhere within 2 s. */
export const lookEveryMs = 400;
const answers = { freshMs: 800, staleMs: 1_500 };
/** Facets are made of counts: together they are never older than 30 s. */
const countAges = { freshMs: 5_000, staleMs: 15_000 };

export interface Shelf {
  /** Answers by URL that may change with any product: lists, related products, suggestions. */
  lists: Memory<Reply>;
  /** The same for what only neighbours may ask. */
  inside: Memory<Reply>;
  /** Answers by URL about single products; tagged with their ids and SKUs. */
  details: Memory<Reply>;
  /** Facets by filter: their counts cost the most and matter the least. */
  facets: Memory<Facet[]>;
  /** What facets are made of: how many products each brand has in each category, by filter without these two. */
  counts: Memory<BrandAndCategoryCount[]>;
  tree(): Promise<CategoryTree>;
  brands(): Promise<string[]>;
  /** Forgets what is known of these SKUs or products, and the lists too if they may look different now. */
  drop(names: Iterable<string>, lists: boolean): void;
  /** Forgets all. */
  clear(): void;
  /** Looks for rows that any process has changed, and forgets what they have to do with. */
  look(): Promise<void>;
}

/** An empty shelf, bounded to some 20 MB. Until the first look, answers live for a moment only. */
export function createShelf(db: Database): Shelf {
  let trueAtMs = Number.NEGATIVE_INFINITY;
  const watched = { ...answers, trueAtMs: () => trueAtMs };
  const lists = createMemory<Reply>({ maxEntries: 1_000, ...watched, trustMs: 5_000 });
  const inside = createMemory<Reply>({ maxEntries: 300, ...watched });
  const details = createMemory<Reply>({ maxEntries: 2_000, ...watched });
  const facets = createMemory<Facet[]>({ maxEntries: 300, ...countAges });
  const counts = createMemory<BrandAndCategoryCount[]>({ maxEntries: 100, ...countAges });
  const trees = createMemory<CategoryTree>({ maxEntries: 1, ...watched });
  const brands = createMemory<string[]>({ maxEntries: 1, ...watched });
  const shelf: Omit<Shelf, 'look'> = {
    lists,
    inside,
    details,
    facets,
    counts,
    tree: () => trees.get('', async () => ({ value: await selectCategories(db) })),
    brands: () => brands.get('', async () => ({ value: await selectBrands(db) })),
    drop(names, alsoLists) {
      details.drop(new Set(names));
      if (alsoLists) for (const memory of [lists, inside, brands]) memory.drop();
    },
    clear() {
      for (const memory of [lists, inside, details, facets, counts, trees, brands]) memory.drop();
    },
  };
  let seen = new Set<string>();
  return {
    ...shelf,
    async look() {
      const startedMs = performance.now();
      const rows = await selectChanged(db);
      const changed = rows.filter((row) => !seen.has(keyOf(row)));
      seen = new Set(rows.map(keyOf));
      // Who could not look for a while has missed what no look finds any more.
      const missedSome = startedMs - trueAtMs > lookBackMs / 2;
      forget(shelf, changed, missedSome || rows.length === maxChangedRows);
      trueAtMs = startedMs;
    },
  };
}

const keyOf = ({ place, name, mark }: ChangedRow) => `${place} ${name} ${mark}`;
const inDetails: readonly string[] = ['stock', 'price', 'product'];
const inLists: readonly string[] = ['listing', 'product'];
const inAll: readonly string[] = ['category', 'tree'];

function forget(shelf: Pick<Shelf, 'drop' | 'clear'>, rows: readonly ChangedRow[], all: boolean): void {
  const namesIn = (places: readonly string[]) =>
    rows.filter(({ place }) => places.includes(place)).map(({ name }) => name);
  if (all || namesIn(inAll).length > 0) shelf.clear();
  else if (rows.length > 0) shelf.drop(namesIn(inDetails), namesIn(inLists).length > 0);
}
