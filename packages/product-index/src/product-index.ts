/**
 * All published products in memory: which of them pass a filter, without a statement. It holds what lists are narrowed
 * and sorted by, and no more; what a list shows is read from the tables.
 */
import { createColumns, type ProductFacts } from './product-columns.ts';
import { type ProductFilter, type Sifted, sift } from './product-filter.ts';
import { type Page, type PageOfIds, pageOf } from './product-page.ts';
import { createRooms, type ProductRoom } from './product-room.ts';
import { type SearchWord, wordsIn } from './search-words.ts';
import { createWordIndex, inEveryTerm, type WordIndex } from './word-index.ts';

/** What it wants to know of the tree of categories, which may change from one question to the next. */
export interface Categories {
  all: readonly { slug: string; name: string }[];
  /** Ids of a category and of all below it. */
  idsBelow(slug: string): string[];
  /** A category and all above it. */
  lineOf(id: string): { slug: string; name: string }[];
}

/** What was found; to be asked at once, before the index changes. */
export interface Found extends Omit<Sifted, 'passing'> {
  /** How many pass. */
  count: number;
  page(page: Page): PageOfIds;
}

export interface ProductIndex {
  /** Adds products, or replaces what was known of them. */
  put(products: readonly ProductFacts[]): void;
  remove(ids: readonly string[]): void;
  /** To be called when products have come, unless a search for the beginning of a word shall wait for it. */
  sortWords(): void;
  /** Every id that it knows. */
  ids(): string[];
  find(filter: ProductFilter, categories: Categories): Found;
  /** Ids of the most popular products whose short texts have all these words. */
  named(words: readonly SearchWord[], categories: Categories, limit: number): string[];
}

/** One index for words of all kinds: a mark before each tells them apart. */
const marks = { keyword: 'k', description: 'd', category: 'c' };
type Kind = keyof typeof marks;
const marked = (kind: Kind, word: string) => `${marks[kind]}${word}`;

/**
 * Makes an empty index. What is replaced or removed leaves its number in the lists of words, until there are `spareDead` and a
 * quarter as many as living ones: then the lists are cleared of them, which takes some 100 ms with 100,000 products.
 */
export function createProductIndex(spareDead = 1_000): ProductIndex {
  const words = createWordIndex();
  const { columns, write, erase } = createColumns();
  const roomFor = createRooms();
  const numbers = new Map<string, number>();
  const fingerprints: number[] = [];
  let dead: number[] = [];
  let free: number[] = [];

  function put(facts: ProductFacts): void {
    const fingerprint = fingerprintOf(`${facts.categoryId} ${facts.keywords}\n${facts.description}`);
    const known = numbers.get(facts.id);
    // Most changes are of prices: the words stay where they are.
    if (known !== undefined && fingerprints[known] === fingerprint) return void write(known, facts);
    remove(facts.id);
    const number = free.pop() ?? columns.ids.length;
    words.add(number, markedWordsOf(facts));
    fingerprints[number] = fingerprint;
    write(number, facts);
    numbers.set(facts.id, number);
  }

  function remove(id: string): void {
    const number = numbers.get(id);
    if (number === undefined) return;
    erase(number);
    numbers.delete(id);
    dead.push(number);
    if (dead.length <= spareDead + numbers.size / 4) return;
    const isDead = new Uint8Array(columns.ids.length);
    for (const one of dead) isDead[one] = 1;
    words.drop(isDead);
    free = free.concat(dead);
    dead = [];
  }

  return {
    put: (products) => products.forEach(put),
    remove: (ids) => ids.forEach(remove),
    sortWords: words.sort,
    ids: () => [...numbers.keys()],
    find(filter, categories) {
      const { words: wanted, currency } = filter;
      const room = roomFor(columns.ids.length);
      const all = wanted && having(words, { wanted, kinds: ['keyword', 'description'], categories }, room);
      const { passing, ...counts } = sift(all, columns, filter, room);
      return {
        ...counts,
        count: passing.length,
        page: (page) => pageOf(passing, columns, { ...page, currency }),
      };
    },
    named(wanted, categories, limit) {
      const found = having(words, { wanted, kinds: ['keyword'], categories }, roomFor(columns.ids.length));
      const alive = found.filter((number) => numbers.get(columns.ids[number]!) === number);
      return pageOf(alive, columns, { sort: 'popular', limit, currency: 'EUR' }).ids;
    },
  };
}

/** 53 bits of a text, by FNV-1a with two primes: that two texts of one product share them will not happen. */
function fingerprintOf(text: string): number {
  let [low, high] = [0x811c9dc5, 0x1b873593];
  for (let at = 0; at < text.length; at += 1) {
    low = Math.imul(low ^ text.charCodeAt(at), 0x01000193);
    high = Math.imul(high ^ text.charCodeAt(at), 0x01000197);
  }
  return (high & 0x1fffff) * 2 ** 32 + (low >>> 0);
}

function markedWordsOf({ keywords, description, categoryId }: ProductFacts): string[] {
  return [
    ...wordsIn(keywords).map((word) => marked('keyword', word)),
    ...wordsIn(description).map((word) => marked('description', word)),
    marked('category', categoryId),
  ];
}

interface Asked {
  wanted: readonly SearchWord[];
  kinds: readonly Kind[];
  categories: Categories;
}

/** Numbers of those with all of the words, in texts of these kinds or in the name of a category above; dead ones too. */
function having(words: WordIndex, { wanted, kinds, categories }: Asked, room: ProductRoom): Uint32Array {
  const terms = wanted.map((word) => [
    ...inTexts(words, word, kinds),
    ...inCategories(words, word, categories),
  ]);
  return inEveryTerm(terms, room);
}

function inTexts(words: WordIndex, word: SearchWord, kinds: readonly Kind[]) {
  return kinds.flatMap((kind) => words.find({ ...word, text: marked(kind, word.text) }));
}

/** What stands in categories with this word in their names, and below them. */
function inCategories(words: WordIndex, { text, unfinished }: SearchWord, categories: Categories) {
  const named = namesOf(categories).filter((name) =>
    name.words.some((word) => (unfinished ? word.startsWith(text) : word === text)),
  );
  const ids = new Set(named.flatMap(({ slug }) => categories.idsBelow(slug)));
  return [...ids].flatMap((id) => words.find({ text: marked('category', id), unfinished: false }));
}

const namesByTree = new WeakMap<Categories, { slug: string; words: string[] }[]>();

/** The words of all names, taken apart once a tree. */
function namesOf(categories: Categories): { slug: string; words: string[] }[] {
  const known = namesByTree.get(categories);
  if (known) return known;
  const names = categories.all.map(({ slug, name }) => ({ slug, words: wordsIn(name) }));
  namesByTree.set(categories, names);
  return names;
}
