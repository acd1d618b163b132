/**
 * A guest who logs in takes their cart along. Two documents change, and the store has no transaction over both, so there
 * are three writes that can each be repeated: the guest's cart is closed for this merge and never changes again; its
 * lines go into the customer's cart together with its id; then it is marked as done. A crash in between leaves a merge
 * that the next attempt finishes.
 */
import { refuse } from '@souk/kit/problem';
import { type Cart, changed, unlessClosed } from './cart.ts';
import { findCart, updateCart } from './cart-store.ts';
import { type MergeChange, mergeInto } from './merged-cart.ts';
import { readOwnCart, requireOwner } from './own-cart.ts';
import { type CartDeps, type CartView, priceCart } from './price-cart.ts';

export interface Merge {
  customerId: string;
  /** The customer's cart. */
  cartId: string;
  /** The guest's cart, and its token. */
  from: string;
  fromToken: string;
}

export interface Merged {
  cart: Cart;
  view: CartView;
  /** Empty if it had been merged before. */
  changes: MergeChange[];
}

/** Merges a guest's cart into the customer's. Refuses `not-found` and `cart-closed`. */
export async function mergeCarts(deps: CartDeps, merge: Merge): Promise<Merged> {
  const { cartId, from, fromToken, customerId } = merge;
  const access = { cartId, customerId, token: undefined };
  const target = await readOwnCart(deps, access);
  const guest = await readOwnCart(deps, { cartId: from, token: fromToken, customerId: undefined });
  if (await isDone(deps, guest, merge)) return unchanged(deps, target);
  // Before anything is written: what cannot be priced now shall change nothing.
  const previewed = await priceCart(deps, mergeInto(target, guest, deps.now()).cart);
  const claimed = await claim(deps, merge);
  if (claimed.done) return unchanged(deps, target);
  const merged = await updateCart(deps, cartId, async (before) => {
    requireOwner(deps, before, access);
    const next = mergeInto(before, claimed.cart, deps.now());
    const view = before.version === target.version ? previewed : await priceCart(deps, next.cart);
    return { ...next, view };
  });
  await markDone(deps, merge);
  deps.log.info('cart.merged', { cartId, from, count: merged.changes.length });
  return merged;
}

async function unchanged(deps: CartDeps, cart: Cart): Promise<Merged> {
  return { cart, view: await priceCart(deps, cart), changes: [] };
}

/** Whether the guest's cart has gone into one of this customer's; refuses `cart-closed` where it cannot go any more. */
async function isDone(deps: CartDeps, guest: Cart, { customerId, cartId }: Merge): Promise<boolean> {
  const { mergedInto } = guest;
  if (guest.closedBy !== null) unlessClosed(guest);
  if (mergedInto === null) return false;
  if (mergedInto.cartId === cartId) return mergedInto.done;
  const other = (await findCart(deps, mergedInto.cartId))?.cart;
  if (other?.customerId === customerId) {
    if (mergedInto.done || other.mergedFrom.includes(guest.id)) return true;
    // It was meant for a cart that has been ordered without it: that one will never take it.
    if (other.closedBy !== null) return false;
  }
  return refuse('cart-closed', undefined, { mergedInto: mergedInto.cartId });
}

/** Closes the guest's cart for this merge, unless it is closed for it already; answers what it holds. */
function claim(deps: CartDeps, merge: Merge): Promise<{ cart: Cart; done: boolean }> {
  const mergedInto = { cartId: merge.cartId, done: false };
  return updateCart(deps, merge.from, async (guest) => {
    if (await isDone(deps, guest, merge)) return { cart: guest, done: true };
    if (guest.mergedInto?.cartId === merge.cartId) return { cart: guest, done: false };
    return { cart: changed(guest, { mergedInto, delivery: null }, deps.now()), done: false };
  });
}

async function markDone(deps: CartDeps, { cartId, from }: Merge): Promise<void> {
  await updateCart(deps, from, async (guest) => {
    const { mergedInto } = guest;
    const pending = mergedInto?.cartId === cartId && !mergedInto.done;
    return { cart: pending ? changed(guest, { mergedInto: { cartId, done: true } }, deps.now()) : guest };
  });
}
