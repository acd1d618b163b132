/** What somebody typed, as a full-text expression: whatever is not a letter or a digit is a gap, never an operator. */

const maxWords = 8;
/** Shorter than the longest token of the index (84), far longer than what anybody types. */
const maxLength = 40;
/** innodb_ft_min_token_size; shorter keywords are lengthened by `__`, see projection-store.ts. */
const minIndexedLength = 3;

/** InnoDB's own stop words: they are not in the index, and a required one would find nothing. */
const stopWords = new Set(
  (
    'a about an are as at be by com de en for from how i in is it la of on or that the this to was what when where ' +
    'who will with und www'
  ).split(' '),
);

/**
 * For MATCH … AGAINST (… IN BOOLEAN MODE): all words are required, the last one may be unfinished. Undefined for a text
 * without words, which nothing can match.
 */
export function searchWordsOf(text: string): string | undefined {
  const found =
    text
      .normalize('NFC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  const words = [...new Set(found)].slice(0, maxWords);
  if (words.length === 0) return undefined;
  // The last one may become another word yet: "la" a lamp.
  const used = words.filter((word, index) => index === words.length - 1 || !stopWords.has(word));
  return used.map((word, index) => required(word, index === used.length - 1)).join(' ');
}

function required(word: string, unfinished: boolean): string {
  const letters = [...word];
  if (letters.length > maxLength) return `+${letters.slice(0, maxLength).join('')}*`;
  if (unfinished && letters.length > 1) return `+${word}*`;
  return letters.length < minIndexedLength ? `+${word}__` : `+${word}`;
}
