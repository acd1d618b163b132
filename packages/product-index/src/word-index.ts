/** Which documents have a word: an inverted index in memory. A document is a small whole number. */
import type { SearchWord } from './search-words.ts';

/** A word, and the documents that have it, in no order. */
export interface WordEntry {
  word: string;
  documents: number[];
}

export interface WordIndex {
  /** Adds a document under each of these words, which differ; answers what {@link WordIndex.remove} wants to have back. */
  add(document: number, words: readonly string[]): WordEntry[];
  remove(document: number, entries: readonly WordEntry[]): void;
  /** The documents with this word, or with one that begins so, in lists that may share some. */
  find(word: SearchWord): (readonly number[])[];
}

/** Makes an empty index. */
export function createWordIndex(): WordIndex {
  const entries = new Map<string, WordEntry>();
  let sorted: string[] = [];
  let added: string[] = [];

  function entryOf(word: string): WordEntry {
    const known = entries.get(word);
    if (known) return known;
    const entry = { word, documents: [] };
    entries.set(word, entry);
    added.push(word);
    return entry;
  }

  /** Sorted again only when somebody asks after words have come: what was sorted before is one run for the sort. */
  function sortedWords(): string[] {
    if (added.length > 0) sorted = sorted.concat(added).sort();
    added = [];
    return sorted;
  }

  function* beginningWith(text: string): Generator<readonly number[]> {
    const words = sortedWords();
    for (let at = firstNotBefore(words, text); words[at]?.startsWith(text); at += 1) {
      yield entries.get(words[at]!)!.documents;
    }
  }

  return {
    add: (document, words) =>
      words.map((word) => {
        const entry = entryOf(word);
        entry.documents.push(document);
        return entry;
      }),
    remove(document, from) {
      for (const { documents } of from) {
        // The last one takes its place: no order is lost, for there is none.
        const last = documents.pop()!;
        if (last !== document) documents[documents.indexOf(document)] = last;
      }
    },
    find({ text, unfinished }) {
      if (unfinished) return [...beginningWith(text)];
      const entry = entries.get(text);
      return entry ? [entry.documents] : [];
    },
  };
}

function firstNotBefore(words: readonly string[], text: string): number {
  let low = 0;
  let high = words.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (words[middle]! < text) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The documents, each once and all below `size`, that are in at least one list of every term. */
export function inEveryTerm(terms: readonly (readonly number[])[][], size: number): number[] {
  const passed = new Uint8Array(size);
  const found: number[] = [];
  for (const [step, lists] of terms.entries()) {
    const isLast = step === terms.length - 1;
    for (const documents of lists) {
      for (const document of documents) {
        if (passed[document] !== step) continue;
        passed[document] = step + 1;
        if (isLast) found.push(document);
      }
    }
  }
  return found;
}
