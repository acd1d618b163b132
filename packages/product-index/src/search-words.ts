/** What somebody typed, or what a product is called, as words: letters and digits without case and accents. */

export interface SearchWord {
  text: string;
  /** It may be the beginning of another one. */
  unfinished: boolean;
}

const maxWords = 8;
/** Far longer than what anybody types; of longer ones this much counts. */
const maxLength = 40;

/** Everybody types them and nobody means them: a search for "pot of tea" is one for a tea pot too. */
const stopWords = new Set(
  (
    'a about an are as at be by com de en for from how i in is it la of on or that the this to was what when where ' +
    'who will with und www'
  ).split(' '),
);

/** Letters that no normal form takes apart. */
const spelled: Readonly<Record<string, string>> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd' };

/** A text as it is compared: without case and accents. */
export function folded(text: string): string {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();
  return plain.replace(/[ßæœøłđ]/g, (letter) => spelled[letter]!);
}

/** The words of a text in their order; whatever is not a letter or a digit is a gap. */
export function wordsOf(text: string): string[] {
  // Before it is folded: a trade mark sign would become two letters.
  return folded(text.replace(/\p{S}+/gu, ' ')).match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** The words of a text, each once. */
export function wordsIn(text: string): string[] {
  return [...new Set(wordsOf(text))];
}

/** The words that a product must have, all of them; none for a text without words, which nothing can match. */
export function searchWordsOf(text: string): SearchWord[] {
  const words = wordsIn(text).slice(0, maxWords);
  const last = words.length - 1;
  // The last one may become another word yet: "la" a lamp.
  return words.flatMap((word, place) => {
    if (place < last && stopWords.has(word)) return [];
    const letters = [...word];
    const isLong = letters.length > maxLength;
    const unfinished = isLong || (place === last && letters.length > 1);
    return [{ text: isLong ? letters.slice(0, maxLength).join('') : word, unfinished }];
  });
}
