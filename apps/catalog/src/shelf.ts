/** What lies ready in this process: whole answers as bytes for a moment, and small tables for a little longer. */
import type { Database } from '@souk/kit/db';
import type { Reply } from '@souk/kit/routes';
import { selectBrands, selectCategories } from './category-store.ts';
import type { CategoryTree } from './category-tree.ts';
import type { Facet } from './facets.ts';
import { createMemory, type Memory } from './memory.ts';

/** With the time that an event takes, a change is seen everywhere within 2 s, also where no event comes by. */
const answers = { freshMs: 800, staleMs: 1_500 };
const counts = { freshMs: 5_000, staleMs: 30_000 };

export interface Shelf {
  /** Answers by URL that may change with any product: lists, related products, suggestions. */
  lists: Memory<Reply>;
  /** Answers by URL about single products; tagged with their SKUs. */
  details: Memory<Reply>;
  /** Facets by filter: their counts cost the most and matter the least. */
  facets: Memory<Facet[]>;
  tree(): Promise<CategoryTree>;
  brands(): Promise<string[]>;
  /** Forgets what is known of one SKU, and the lists too if they may look different now. */
  dropSku(sku: string, lists: boolean): void;
  /** Forgets all. */
  clear(): void;
}

/** An empty shelf, bounded to some 20 MB. */
export function createShelf(db: Database): Shelf {
  const lists = createMemory<Reply>({ maxEntries: 1_000, ...answers });
  const details = createMemory<Reply>({ maxEntries: 2_000, ...answers });
  const facets = createMemory<Facet[]>({ maxEntries: 300, ...counts });
  const trees = createMemory<CategoryTree>({ maxEntries: 1, ...answers });
  const brands = createMemory<string[]>({ maxEntries: 1, ...answers });
  return {
    lists,
    details,
    facets,
    tree: () => trees.get('', async () => ({ value: await selectCategories(db) })),
    brands: () => brands.get('', async () => ({ value: await selectBrands(db) })),
    dropSku(sku, alsoLists) {
      details.drop(sku);
      if (alsoLists) lists.drop();
    },
    clear() {
      for (const memory of [lists, details, facets, trees, brands]) memory.drop();
    },
  };
}
