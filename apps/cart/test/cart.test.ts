/** The cart itself, without anything around it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addItem, type Cart, closeCart, newCart, removeItem, setItem } from '../src/cart.ts';

const at = new Date('2026-03-01T10:00:00Z');
const empty = newCart({ id: '01JD0000000000000000000000', currency: 'EUR', at });
const code = (work: () => unknown) => {
  try {
    work();
    return 'ok';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('a cart', () => {
  it('adds up the pieces of one article', () => {
    const cart = addItem(
      addItem(empty, { sku: 'CUP-1', quantity: 2 }, { at }),
      { sku: 'CUP-1', quantity: 3 },
      { at },
    );
    expect(cart.items).toEqual([{ sku: 'CUP-1', quantity: 5, addedAt: at.toISOString() }]);
    expect(cart.version).toBe(3);
  });

  it('holds 99 pieces of an article and 50 articles, and no more', () => {
    const many = setItem(empty, { sku: 'CUP-1', quantity: 99 }, at);
    expect(code(() => addItem(many, { sku: 'CUP-1', quantity: 1 }, { at }))).toBe('cart-full');
    const full = Array.from({ length: 50 }).reduce<Cart>(
      (cart, _, index) => addItem(cart, { sku: `SKU-${index}`, quantity: 1 }, { at }),
      empty,
    );
    expect(code(() => addItem(full, { sku: 'CUP-1', quantity: 1 }, { at }))).toBe('cart-full');
    expect(code(() => addItem(full, { sku: 'SKU-7', quantity: 1 }, { at }))).toBe('ok');
  });

  it('takes an addition once a key, and remembers the last 20 keys', () => {
    const line = { sku: 'CUP-1', quantity: 1 };
    const once = addItem(empty, line, { key: 'first-key', at });
    expect(addItem(once, line, { key: 'first-key', at })).toBe(once);
    expect(code(() => addItem(once, { ...line, quantity: 2 }, { key: 'first-key', at }))).toBe(
      'idempotency-key-reused',
    );
    const later = Array.from({ length: 20 }).reduce<Cart>(
      (cart, _, index) => addItem(cart, line, { key: `key-${index}`, at }),
      once,
    );
    expect(later.keyed).toHaveLength(20);
    expect(addItem(later, line, { key: 'first-key', at }).items[0]?.quantity).toBe(22);
  });

  it('never changes once it is closed, and stays with the order that closed it first', () => {
    const closed = closeCart(setItem(empty, { sku: 'CUP-1', quantity: 1 }, at), 'first', at);
    expect(closeCart(closed, 'second', at)).toBe(closed);
    expect(code(() => addItem(closed, { sku: 'CUP-1', quantity: 1 }, { at }))).toBe('cart-closed');
    expect(code(() => setItem(closed, { sku: 'CUP-1', quantity: 1 }, at))).toBe('cart-closed');
    expect(code(() => removeItem(closed, 'OTHER', at))).toBe('cart-closed');
  });

  it('keeps its limits whatever is done to it', () => {
    const step = fc.record({
      sku: fc.integer({ min: 0, max: 60 }).map((number) => `SKU-${number}`),
      quantity: fc.integer({ min: 1, max: 99 }),
      how: fc.constantFrom(addItem, setItem, removeItem),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        let cart = empty;
        for (const { sku, quantity, how } of steps) {
          code(() => {
            if (how === addItem) cart = addItem(cart, { sku, quantity }, { at });
            else if (how === setItem) cart = setItem(cart, { sku, quantity }, at);
            else cart = removeItem(cart, sku, at);
          });
        }
        expect(cart.items.length).toBeLessThanOrEqual(50);
        expect(cart.items.every(({ quantity }) => quantity >= 1 && quantity <= 99)).toBe(true);
        expect(new Set(cart.items.map(({ sku }) => sku)).size).toBe(cart.items.length);
      }),
    );
  });
});
