import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mayFollow, movingStates, orderNumber, orderStates, transitions } from '../src/order.ts';

describe('the states of an order', () => {
  it('let every moving order end', () => {
    for (const start of movingStates) {
      const reached = new Set([start]);
      for (const state of reached) for (const next of transitions[state]) reached.add(next);
      expect(reached.has('cancelled')).toBe(true);
    }
  });

  it('never lead back from cancelled or delivered', () => {
    for (const state of orderStates) {
      expect(mayFollow('cancelled', state)).toBe(false);
      expect(mayFollow('delivered', state)).toBe(false);
    }
  });

  it('do not allow a dispatched order to be cancelled', () => {
    expect(mayFollow('dispatched', 'cancelling')).toBe(false);
  });
});

describe('an order number', () => {
  it('is different for different orders and tells a mistyped digit', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000_000 }),
        fc.nat(5),
        fc.integer({ min: 1, max: 9 }),
        (serial, at, shift) => {
          const number = orderNumber(serial);
          expect(number).toMatch(/^S\d{7,9}$/);
          const digits = [...number.slice(1, -1)];
          const place = at % digits.length;
          digits[place] = String((Number(digits[place]) + shift) % 10);
          const mistyped = Number(digits.join('')) - 100_000;
          if (mistyped > 0 && digits[0] !== '0') expect(orderNumber(mistyped).at(-1)).not.toBe(number.at(-1));
        },
      ),
    );
  });
});
