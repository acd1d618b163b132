/** Tokens of guests: rebuilt from id and key, worth nothing for anything else. */
import { describe, expect, it } from 'vitest';
import { sameText, signToken, tokenMatches } from '../src/token.ts';

const id = '01J00000000000000000000000';

describe('a token', () => {
  it('is the same in every process, and fits into a header', () => {
    expect(signToken('key', 'cart', id)).toBe(signToken('key', 'cart', id));
    expect(signToken('key', 'cart', id)).toMatch(/^[\w-]{43}$/);
  });

  it('opens what it was made for, and neither another id, nor another purpose, nor under another key', () => {
    const token = signToken('key', 'cart', id);
    expect(tokenMatches(['key'], 'cart', id, token)).toBe(true);
    expect(tokenMatches(['key'], 'cart', id.replace('J', 'K'), token)).toBe(false);
    expect(tokenMatches(['key'], 'order', id, token)).toBe(false);
    expect(tokenMatches(['other'], 'cart', id, token)).toBe(false);
  });

  it('of an earlier key opens as long as that key is kept', () => {
    const old = signToken('old', 'order', id);
    expect(tokenMatches(['new', 'old'], 'order', id, old)).toBe(true);
    expect(tokenMatches(['new'], 'order', id, old)).toBe(false);
    expect(tokenMatches([], 'order', id, old)).toBe(false);
  });

  it.each([undefined, '', 'x', '\u0000', 'ünï', 'a'.repeat(43), 'a'.repeat(100_000)])(
    'does not open for %j',
    (token) => {
      expect(tokenMatches(['key'], 'cart', id, token)).toBe(false);
    },
  );

  it('is compared as bytes, whatever their number', () => {
    expect(sameText('', '')).toBe(true);
    expect(sameText('a', 'ä')).toBe(false);
    expect(sameText('ä', 'ä')).toBe(true);
  });
});
