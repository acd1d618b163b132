/** Which documents have a word: an inverted index in memory. A document is a small whole number. */
import { dropNumbers, type GrowingNumbers, type Numbers, numbersOf, withNumber } from './growing-numbers.ts';
import { firstThat } from './halving.ts';
import type { ProductRoom } from './product-room.ts';
import type { SearchWord } from './search-words.ts';

export interface WordIndex {
  /** Adds a document that is in no list yet under each of these words, which differ. */
  add(document: number, words: readonly string[]): void;
  /** The documents with this word, or with one that begins so, in lists that may share some. */
  find(word: SearchWord): Numbers[];
  /** Sorts the words that have come; else the next search for a beginning does. */
  sort(): void;
  /** Forgets the documents that have a 1 there: one pass over everything. */
  drop(isDropped: Uint8Array): void;
}

/** Makes an empty index. */
export function createWordIndex(): WordIndex {
  const lists = new Map<string, GrowingNumbers>();
  let sorted: string[] = [];
  let added: string[] = [];

  function add(document: number, word: string): void {
    const known = lists.get(word);
    const list = known ? withNumber(known, document) : [document];
    if (list === known) return;
    lists.set(word, list);
    if (!known) added.push(word);
  }

  /** Sorted again only when it is asked for after words have come: what was sorted before is one run for the sort. */
  function sortedWords(): string[] {
    if (added.length > 0) sorted = sorted.concat(added).sort();
    added = [];
    return sorted;
  }

  function* beginningWith(text: string): Generator<Numbers> {
    const words = sortedWords();
    for (let at = firstThat(words, (word) => word >= text); words[at]?.startsWith(text); at += 1) {
      yield numbersOf(lists.get(words[at]!)!);
    }
  }

  return {
    add(document, words) {
      for (const word of words) add(document, word);
    },
    find({ text, unfinished }) {
      if (unfinished) return [...beginningWith(text)];
      const documents = lists.get(text);
      return documents ? [numbersOf(documents)] : [];
    },
    sort: () => void sortedWords(),
    drop(isDropped) {
      for (const [word, documents] of lists) if (dropNumbers(documents, isDropped) === 0) lists.delete(word);
      sorted = sortedWords().filter((word) => lists.has(word));
    },
  };
}

/** The documents, each once, that are in at least one list of every term; there is at least one term. They lie in the room. */
export function inEveryTerm(terms: readonly Numbers[][], { passed, found }: ProductRoom): Uint32Array {
  let count = 0;
  for (const [step, lists] of terms.entries()) {
    count = 0;
    for (const documents of lists) {
      for (let at = 0; at < documents.length; at += 1) {
        const document = documents[at]!;
        if (passed[document] !== step) continue;
        passed[document] = step + 1;
        found[count] = document;
        count += 1;
      }
    }
  }
  return found.subarray(0, count);
}
