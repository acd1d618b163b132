/** What somebody types is always a handful of harmless words. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { searchWordsOf, wordsIn } from '../src/search-words.ts';

describe('search words', () => {
  const shown = (text: string) =>
    searchWordsOf(text).map(({ text: word, unfinished }) => word + (unfinished ? '…' : ''));

  it.each([
    ['copper pot', ['copper', 'pot…']],
    ['copper" +pot* -(x)', ['copper', 'pot', 'x']],
    ['The pot of tea', ['pot', 'tea…']],
    ['XL', ['xl…']],
    ['12 oz jar', ['12', 'oz', 'jar…']],
    ['the', ['the…']],
    ['copper la', ['copper', 'la…']],
    ['tea tea tea', ['tea…']],
    ['Été', ['ete…']],
    ['Gießkanne', ['giesskanne…']],
    ['Aero™ Press', ['aero', 'press…']],
    [`${'x'.repeat(41)} pot`, [`${'x'.repeat(40)}…`, 'pot…']],
    ['', []],
    [' \t*()"@~<> ', []],
    ['🎉', []],
  ])('of %j are %j', (text, words) => {
    expect(shown(text)).toEqual(words);
  });

  it('are letters and digits, at most forty of them, and at most eight words', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const words = searchWordsOf(text);
        expect(words.length).toBeLessThanOrEqual(8);
        for (const word of words) expect(word.text).toMatch(/^[\p{L}\p{N}]{1,40}$/u);
      }),
      { numRuns: 500 },
    );
  });

  it('are found in the text that they were taken from', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        const words = wordsIn(text);
        for (const { text: word, unfinished } of searchWordsOf(text)) {
          expect(words.some((known) => (unfinished ? known.startsWith(word) : known === word))).toBe(true);
        }
      }),
    );
  });
});
