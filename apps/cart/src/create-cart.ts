/** A new cart for a guest. */
import type { Line } from '@souk/contracts/identifiers';
import type { Currency } from '@souk/contracts/money';
import { refuse } from '@souk/kit/problem';
import { addItem, type Cart, newCart } from './cart.ts';
import { insertCart } from './cart-store.ts';
import { requireSold } from './change-cart.ts';
import { type CartDeps, type CartView, priceCart } from './price-cart.ts';

/** Makes a cart with `items`, none of them twice. Refuses `unknown-sku` with `skus`. */
export async function createCart(
  deps: CartDeps,
  { currency, items, priced }: { currency: Currency; items: Line[]; priced: boolean },
): Promise<{ cart: Cart; view: CartView | null }> {
  const at = deps.now();
  const skus = items.map(({ sku }) => sku);
  if (skus.length > 0) await requireSold(deps, skus);
  const empty = newCart({ id: deps.newId(), currency, at });
  const filled = items.reduce((cart, line) => addItem(cart, line, { at }), empty);
  const cart = { ...filled, version: 1 };
  const view = priced ? await priceCart(deps, cart) : null;
  const unpriced = view?.lines.filter(({ forSale }) => !forSale).map(({ sku }) => sku) ?? [];
  if (unpriced.length > 0 && view?.problems.includes('unknown-sku')) {
    refuse('unknown-sku', undefined, { skus: unpriced });
  }
  if (!(await insertCart(deps, cart))) throw new Error('a new id has been used before');
  return { cart, view };
}
