/**
 * All published products in memory: which of them pass a filter, without a statement. It holds what lists are narrowed
 * and sorted by, and no more; what a list shows is read from the tables.
 */
import {
  type Attribute,
  type Found,
  type IndexedProduct,
  type ProductFilter,
  sift,
} from './product-filter.ts';
import { folded, type SearchWord, wordsIn } from './search-words.ts';
import { createWordIndex, inEveryTerm, type WordEntry } from './word-index.ts';

/** What the index wants to know of a product. */
export interface ProductFacts extends Omit<IndexedProduct, 'brandKey' | 'attributes'> {
  attributes: Omit<Attribute, 'key'>[];
  /** Texts by whose words it is found: short ones, and the description. */
  keywords: string;
  description: string;
}

/** What it wants to know of the tree of categories, which may change from one question to the next. */
export interface Categories {
  all: readonly { slug: string; name: string }[];
  /** Ids of a category and of all below it. */
  idsBelow(slug: string): string[];
  /** A category and all above it. */
  lineOf(id: string): { slug: string; name: string }[];
}

export interface ProductIndex {
  /** Adds products, or replaces what was known of them. */
  put(products: readonly ProductFacts[]): void;
  remove(ids: readonly string[]): void;
  /** Every id that it knows. */
  ids(): string[];
  find(filter: ProductFilter, categories: Categories): Found;
  /** Products whose short texts have all these words, in no order. */
  named(words: readonly SearchWord[], categories: Categories): IndexedProduct[];
}

interface Document extends IndexedProduct {
  entries: WordEntry[];
}

/** One index for words of all kinds: a mark before each tells them apart. */
const marks = { keyword: 'k', description: 'd', category: 'c' };
type Kind = keyof typeof marks;
const marked = (kind: Kind, word: string) => `${marks[kind]}${word}`;

/** Makes an empty index. */
export function createProductIndex(): ProductIndex {
  const words = createWordIndex();
  const share = createSharing();
  const documents: (Document | undefined)[] = [];
  const places = new Map<string, number>();
  const free: number[] = [];

  function put(facts: ProductFacts): void {
    const place = places.get(facts.id) ?? free.pop() ?? documents.length;
    const entries = words.add(place, wordsOf(facts));
    words.remove(place, documents[place]?.entries ?? []);
    const { id, popularity, publishedAtMs, prices } = facts;
    documents[place] = {
      ...{ id, popularity, publishedAtMs, prices, entries },
      brand: share.text(facts.brand),
      brandKey: share.text(folded(facts.brand)),
      categoryId: share.text(facts.categoryId),
      attributes: facts.attributes.map(share.attribute),
    };
    places.set(id, place);
  }

  function remove(id: string): void {
    const place = places.get(id);
    if (place === undefined) return;
    words.remove(place, documents[place]!.entries);
    documents[place] = undefined;
    places.delete(id);
    free.push(place);
  }

  /** All with all of the words, in texts of these kinds or in the name of a category above. */
  function having(wanted: readonly SearchWord[], kinds: readonly Kind[], categories: Categories): Document[] {
    const terms = wanted.map((word) => [
      ...kinds.flatMap((kind) => words.find({ ...word, text: marked(kind, word.text) })),
      ...categoriesNamed(categories, word).flatMap((id) =>
        words.find({ text: marked('category', id), unfinished: false }),
      ),
    ]);
    return inEveryTerm(terms, documents.length).map((place) => documents[place]!);
  }

  return {
    put: (products) => products.forEach(put),
    remove: (ids) => ids.forEach(remove),
    ids: () => [...places.keys()],
    find(filter, categories) {
      const { words: wanted } = filter;
      return sift(wanted ? having(wanted, ['keyword', 'description'], categories) : documents, filter);
    },
    named: (wanted, categories) => having(wanted, ['keyword'], categories),
  };
}

function wordsOf({ keywords, description, categoryId }: ProductFacts): string[] {
  return [
    ...wordsIn(keywords).map((word) => marked('keyword', word)),
    ...wordsIn(description).map((word) => marked('description', word)),
    marked('category', categoryId),
  ];
}

/** Categories with this word in their names, and all below them. */
function categoriesNamed(categories: Categories, { text, unfinished }: SearchWord): string[] {
  const named = categories.all.filter(({ name }) =>
    wordsIn(name).some((word) => (unfinished ? word.startsWith(text) : word === text)),
  );
  return [...new Set(named.flatMap(({ slug }) => categories.idsBelow(slug)))];
}

/** Keeps one of each text and attribute: a hundred thousand products have some hundred brands. */
function createSharing() {
  const texts = new Map<string, string>();
  const attributes = new Map<string, Attribute>();
  return {
    text(text: string): string {
      const known = texts.get(text);
      if (known === undefined) texts.set(text, text);
      return known ?? text;
    },
    attribute({ name, value }: Omit<Attribute, 'key'>): Attribute {
      const id = `${name}\n${value}`;
      const known = attributes.get(id);
      if (known) return known;
      const attribute = { name, value, key: folded(value) };
      attributes.set(id, attribute);
      return attribute;
    },
  };
}
