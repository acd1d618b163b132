/** Tokens of guests outlive a change of the key: the first signs, all are accepted. */
import { describe, expect, it } from 'vitest';
import { newCart } from '../src/cart.ts';
import { requireOwner, tokenOf } from '../src/own-cart.ts';

const cart = newCart({ id: '01JD0000000000000000000000', currency: 'EUR', at: new Date(0) });
const withKeys = (keys: string) => ({ secrets: { 'cart-token-key': keys } });
const owns = (keys: string, token: string) => {
  try {
    return requireOwner(withKeys(keys), cart, { cartId: cart.id, token, customerId: undefined }) === cart;
  } catch {
    return false;
  }
};

describe('the key of cart tokens', () => {
  it('may be two while it is changed, and the old one ends with its removal', () => {
    const old = tokenOf(withKeys('old'), cart.id);
    const renewed = tokenOf(withKeys('new, old'), cart.id);
    expect(renewed).not.toBe(old);
    expect([owns('new,old', old), owns('new,old', renewed)]).toEqual([true, true]);
    expect([owns('new', old), owns('new', renewed)]).toEqual([false, true]);
  });

  it('must be there: no key at all lets nobody in', () => {
    for (const keys of ['', ' , ']) expect(() => tokenOf(withKeys(keys), cart.id)).toThrow('missing');
    expect(owns(',new', tokenOf(withKeys('new'), cart.id))).toBe(true);
  });
});
