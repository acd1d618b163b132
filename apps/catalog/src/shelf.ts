/**
 * What lies ready in this process until something in it has changed: whole answers as bytes, small tables, and the index
 * of products.
 */
import type { Database } from '@souk/kit/db';
import type { Reply } from '@souk/kit/routes';
import type { Facet } from '@souk/product-index/facets';
import type { ProductIndex } from '@souk/product-index/product-index';
import { selectBrands, selectCategories } from './category-store.ts';
import type { CategoryTree } from './category-tree.ts';
import { type Changes, namesIn, watchChanges } from './change-watch.ts';
import { createMemory, type Memory } from './memory.ts';
import { keepProductIndex } from './product-index-upkeep.ts';

/** How often the index is read as a whole: deletions and very long transactions leave nothing that a look sees. */
export const rereadEveryMs = 600_000;
/** How often a process looks for changes. While it can, answers stay; else they are at most as old as this: a change is seen everywhere within 2 s. */
export const lookEveryMs = 400;
const answers = { freshMs: 800, staleMs: 1_500 };
/** Facets of long lists take milliseconds to count, and matter the least. */
const facetAges = { freshMs: 5_000, staleMs: 15_000 };

/** What is kept, and how it is forgotten. */
interface Memories {
  /** Answers by URL that may change with any product: lists, related products, suggestions. */
  lists: Memory<Reply>;
  /** The same for what only neighbours may ask. */
  inside: Memory<Reply>;
  /** Answers by URL about single products; tagged with their ids and SKUs. */
  details: Memory<Reply>;
  /** Facets by filter. */
  facets: Memory<Facet[]>;
  tree(): Promise<CategoryTree>;
  brands(): Promise<string[]>;
  /** Forgets what is known of these SKUs or products, and the lists too if they may look different now. */
  drop(names: Iterable<string>, lists: boolean): void;
  /** Forgets all. */
  clear(): void;
}

export interface Shelf extends Memories {
  /**
   * All published products in memory, as they were a moment ago at most, and after whatever this process has dropped. The
   * first time it waits until they are read.
   */
  index(): Promise<ProductIndex>;
  /** Reads the whole index anew, in the background: what no look could see is wrong until then. */
  reread(): Promise<void>;
  /** Looks for rows that any process has changed, takes them into the index, and forgets what they have to do with. */
  look(): Promise<void>;
}

/** An empty shelf, bounded to some 20 MB and 1 KB a product. Until the first look, answers live for a moment only. */
export function createShelf(db: Database): Shelf {
  const memories = createMemories(db, () => watch.toldUntilMs());
  const { index, read } = keepProductIndex(db, memories.clear);
  const watch = watchChanges(db, async (changes) => {
    // Before answers go: who asks for one then is answered by what the index has.
    await read(changes.missedSome ? 'all' : namesIn(changes.rows, ['product', 'listing']));
    forget(memories, changes);
  });
  let isBehind = false;
  let caughtUp = Promise.resolve();
  function catchUp(): void {
    isBehind = false;
    // A look that has begun may have missed it: so one more, also if that one fails.
    caughtUp = watch.look().then(watch.look, watch.look);
    caughtUp.catch(() => {
      isBehind = true;
    });
  }
  return {
    ...memories,
    look: watch.look,
    reread: () => read('all'),
    async index() {
      if (isBehind) catchUp();
      await caughtUp;
      if (performance.now() - watch.toldUntilMs() > answers.freshMs) await watch.look();
      return index;
    },
    drop(names, alsoLists) {
      isBehind ||= alsoLists;
      memories.drop(names, alsoLists);
    },
    clear() {
      isBehind = true;
      memories.clear();
    },
  };
}

function createMemories(db: Database, trueAtMs: () => number): Memories {
  const watched = { ...answers, trueAtMs };
  const lists = createMemory<Reply>({ maxEntries: 1_000, ...watched, trustMs: 5_000 });
  const inside = createMemory<Reply>({ maxEntries: 300, ...watched });
  const details = createMemory<Reply>({ maxEntries: 2_000, ...watched });
  const facets = createMemory<Facet[]>({ maxEntries: 300, ...facetAges });
  const trees = createMemory<CategoryTree>({ maxEntries: 1, ...watched });
  const brands = createMemory<string[]>({ maxEntries: 1, ...watched });
  return {
    lists,
    inside,
    details,
    facets,
    tree: () => trees.get('', async () => ({ value: await selectCategories(db) })),
    brands: () => brands.get('', async () => ({ value: await selectBrands(db) })),
    drop(names, alsoLists) {
      details.drop(new Set(names));
      if (alsoLists) for (const memory of [lists, inside, brands]) memory.drop();
    },
    clear() {
      for (const memory of [lists, inside, details, facets, trees, brands]) memory.drop();
    },
  };
}

function forget(memories: Pick<Memories, 'drop' | 'clear'>, { rows, isCut, missedSome }: Changes): void {
  if (isCut || missedSome || namesIn(rows, ['category', 'tree']).length > 0) memories.clear();
  else if (rows.length > 0) {
    memories.drop(
      namesIn(rows, ['stock', 'price', 'product']),
      namesIn(rows, ['listing', 'product']).length > 0,
    );
  }
}
