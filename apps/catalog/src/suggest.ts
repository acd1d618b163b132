/** GET /search/suggestions: what somebody who is still typing may mean. */

import { searchWordsOf, wordsOf } from '@souk/product-index/search-words';
import type { Reading } from './list-products.ts';
import { selectNames } from './product-store.ts';

export interface Suggestion {
  kind: 'category' | 'brand' | 'product';
  text: string;
  /** Of a category or a product. */
  slug?: string;
}

const maxProducts = 6;
const maxOthers = 3;

/** Categories and brands with a word that begins so, then products; at most 12. */
export async function suggest({ db, shelf }: Reading, q: string): Promise<{ items: Suggestion[] }> {
  const words = searchWordsOf(q);
  if (words.length === 0) return { items: [] };
  const [tree, brands, index] = await Promise.all([shelf.tree(), shelf.brands(), shelf.index()]);
  const products = await selectNames(db, index.named(words, tree, maxProducts));
  const begins = beginningWith(q);
  return {
    items: [
      ...tree.all
        .filter(({ name }) => begins(name))
        .slice(0, maxOthers)
        .map(({ slug, name }): Suggestion => ({ kind: 'category', text: name, slug })),
      ...brands
        .filter(begins)
        .slice(0, maxOthers)
        .map((name): Suggestion => ({ kind: 'brand', text: name })),
      ...products.map(({ slug, name }): Suggestion => ({ kind: 'product', text: name, slug })),
    ],
  };
}

function beginningWith(q: string): (name: string) => boolean {
  const wanted = ` ${wordsOf(q).join(' ')}`;
  return (name) => ` ${wordsOf(name).join(' ')}`.includes(wanted);
}
