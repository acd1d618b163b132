/** What somebody typed, as words that are safe in a query: whatever is not a letter or a digit is a gap, not an operator. */

export interface SearchWords {
  /** For MATCH … AGAINST (… IN BOOLEAN MODE): all words, the last one as the beginning of a word. May be empty. */
  expression: string;
  /** Words too short for the full-text index, as patterns for LIKE on the keywords. */
  patterns: string[];
}

const maxWords = 8;
/** Shorter than the longest token of the index (84), far longer than what anybody types. */
const maxWordLength = 40;
/** innodb_ft_min_token_size. */
const minIndexedLength = 3;

/** InnoDB's own stop words: they are not in the index, and a required one would find nothing. */
const stopWords = new Set(
  (
    'a about an are as at be by com de en for from how i in is it la of on or that the this to was what when where ' +
    'who will with und www'
  ).split(' '),
);

/** The words of a text; undefined if it has none, so that nothing can match. */
export function searchWordsOf(text: string): SearchWords | undefined {
  const found =
    text
      .normalize('NFC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  const words = [...new Set(found)].slice(0, maxWords);
  const telling = words.filter((word) => !stopWords.has(word));
  const used = telling.length > 0 ? telling : words.slice(-1);
  if (used.length === 0) return undefined;
  const indexed = used.filter((word) => lengthOf(word) >= minIndexedLength);
  return {
    expression: indexed.map((word) => required(word, word === used.at(-1))).join(' '),
    patterns: used.filter((word) => lengthOf(word) < minIndexedLength).map((word) => `% ${word}%`),
  };
}

function required(word: string, unfinished: boolean): string {
  const letters = [...word];
  const whole = letters.length <= maxWordLength;
  return `+${whole ? word : letters.slice(0, maxWordLength).join('')}${unfinished || !whole ? '*' : ''}`;
}

function lengthOf(word: string): number {
  return [...word].length;
}
