/** Cursors come back as they went out, and nothing else is one. */
import { newId } from '@souk/kit/identifier';
import { isRefusal } from '@souk/kit/problem';
import { sorts } from '@souk/product-index/product-page';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cursorOf, placeOf } from '../src/list-cursor.ts';

describe('list cursors', () => {
  it('come back as they went out', () => {
    fc.assert(
      fc.property(fc.constantFrom(...sorts), fc.nat({ max: 2 ** 31 - 1 }), (sort, value) => {
        const place = { value: value * 1_000, id: newId() };
        const cursor = cursorOf(sort, place);
        expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(placeOf(sort, cursor)).toEqual(place);
      }),
    );
  });

  it('are refused in another order, or when they are not ours', () => {
    const cursor = cursorOf('price', { value: 1, id: newId() });
    for (const [sort, given] of [
      ['-price', cursor],
      ['price', `${cursor}A`],
      ['price', 'abc'],
      ['price', Buffer.from('price -1 x').toString('base64url')],
    ] as const) {
      expect(refusalOf(() => placeOf(sort, given))).toBe(true);
    }
    fc.assert(
      fc.property(fc.string({ maxLength: 100 }), (text) => refusalOf(() => placeOf('popular', text))),
    );
  });
});

function refusalOf(work: () => unknown): boolean {
  try {
    work();
    return false;
  } catch (error) {
    return isRefusal(error, 'invalid-request');
  }
}
