/** The index's words are sorted when products have been read, not when somebody types: that would wait for it. */
import type { Database } from '@souk/kit/db';
import { searchWordsOf } from '@souk/product-index/search-words';
import { expect, it, vi } from 'vitest';
import { keepProductIndex } from '../src/product-index-upkeep.ts';

const names: Record<string, string> = { a: 'teapot', b: 'lamp', c: 'cup' };

/** The tables: no database is needed for when something happens. */
vi.mock('../src/product-index-store.ts', () => ({
  selectPublishedIds: async (_db: Database, afterId: string) =>
    Object.keys(names).filter((id) => id > afterId),
  selectFacts: async (_db: Database, ids: readonly string[]) =>
    ids.map((id) => ({
      ...{ id, brand: 'Tamrit', categoryId: 'home', popularity: 1, publishedAtMs: 1, prices: { EUR: 1 } },
      ...{ attributes: [], keywords: names[id], description: '' },
    })),
}));

const tree = { all: [], idsBelow: () => [], lineOf: () => [] };

it('a search for the beginning of a word sorts nothing after a build, nor after a change', async () => {
  const { index, read } = keepProductIndex(undefined as unknown as Database, () => {});
  const search = (text: string) => {
    const sort = vi.spyOn(Array.prototype, 'sort');
    const { count } = index.find({ currency: 'EUR', attributes: [], words: searchWordsOf(text) }, tree);
    const sorts = sort.mock.calls.length;
    sort.mockRestore();
    return { count, sorts };
  };
  await read('all');
  expect(search('teap')).toEqual({ count: 1, sorts: 0 });
  names.b = 'teaspoon';
  await read(['b']);
  expect(search('tea')).toEqual({ count: 2, sorts: 0 });
});
