/** What somebody types is always a harmless expression. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { searchWordsOf } from '../src/search-words.ts';

describe('search words', () => {
  it.each([
    ['copper pot', '+copper +pot*'],
    ['copper" +pot* -(x)', '+copper +pot +x__'],
    ['The pot of tea', '+pot +tea*'],
    ['XL', '+xl*'],
    ['12 oz jar', '+12__ +oz__ +jar*'],
    ['the', '+the*'],
    ['copper la', '+copper +la*'],
    ['tea tea tea', '+tea*'],
    ['été', '+été*'],
    ['', undefined],
    [' \t*()"@~<> ', undefined],
    ['🎉', undefined],
  ])('reads %j as %j', (text, expression) => {
    expect(searchWordsOf(text)).toBe(expression);
  });

  it('has no operator of the user in it, whatever is typed, and at most eight words', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const words = searchWordsOf(text)?.split(' ') ?? [];
        expect(words.length).toBeLessThanOrEqual(8);
        for (const word of words) expect(word).toMatch(/^\+[\p{L}\p{N}]{1,40}(\*|__)?$/u);
      }),
      { numRuns: 500 },
    );
  });
});
