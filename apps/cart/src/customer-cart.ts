/** A customer has one open cart: it is made when it is first asked for, and again once it has been ordered. */
import type { Line } from '@souk/contracts/identifiers';
import type { Currency } from '@souk/contracts/money';
import { isRefusal, refuse } from '@souk/kit/problem';
import { type Cart, ensureItem, isOpen, newCart, setCurrency } from './cart.ts';
import { findCart, insertCart, updateCart } from './cart-store.ts';
import { type Changed, requireForSale, requireSold } from './change-cart.ts';
import { type CustomerNote, findNote, pointedTo, saveNote } from './customer-store.ts';
import { type CartDeps, priceCart } from './price-cart.ts';

export interface Wish {
  customerId: string;
  /** Of a new cart. */
  currency: Currency;
}

export interface OpenCart {
  cart: Cart;
  /** Whether there was none. */
  made: boolean;
}

const maxTries = 5;
/** A cart that is missing so soon is being made; later it has been forgotten, and its id is not used again. */
const makingMs = 60_000;

/** The customer's open cart. However many ask at once, there is one. Refuses `not-found` once the customer is erased. */
export async function openCartOf(deps: CartDeps, { customerId, currency }: Wish): Promise<OpenCart> {
  return deps.turns.take(`owner:${customerId}`, async () => {
    for (let tries = 1; tries <= maxTries; tries += 1) {
      const at = deps.now();
      const before = await findNote(deps, customerId);
      if (before?.note.erased) refuse('not-found');
      const found = before && (await cartOf(deps, before.note));
      if (found && isOpen(found)) return { cart: found, made: false };
      const unmade = before && !found && at.getTime() - Date.parse(before.note.at) < makingMs;
      const id = unmade ? before.note.cartId! : deps.newId();
      // The note first: a cart that no note names could not be found again, nor erased.
      if (!unmade && !(await saveNote(deps, customerId, { note: pointedTo(id, at, before?.note), before })))
        continue;
      const cart = newCart({ id, currency, at, customerId });
      if (await insertCart(deps, cart)) return { cart, made: true };
    }
    return refuse('too-many-requests', 'Too many ask for this cart at once.');
  });
}

async function cartOf(deps: CartDeps, { cartId }: CustomerNote): Promise<Cart | undefined> {
  return cartId === null ? undefined : (await findCart(deps, cartId))?.cart;
}

/**
 * Sees to it that `items` are in the customer's open cart: of each at least so many pieces, so that the same request again
 * changes nothing. Refuses `unknown-sku`, `cart-full`, and `already-exists` if the cart is in another currency.
 */
export async function fillCartOf(
  deps: CartDeps,
  wish: Wish & { items: Line[]; priced: boolean },
): Promise<Changed & { made: boolean }> {
  const skus = wish.items.map(({ sku }) => sku);
  if (skus.length > 0) await requireSold(deps, skus);
  // The event that closes an ordered cart may come in between: then there is another open one.
  return fillOpenCart(deps, wish).catch((error) => {
    if (!isRefusal(error, 'cart-closed')) throw error;
    return fillOpenCart(deps, wish);
  });
}

async function fillOpenCart(
  deps: CartDeps,
  { items, priced, ...wish }: Wish & { items: Line[]; priced: boolean },
): Promise<Changed & { made: boolean }> {
  const skus = items.map(({ sku }) => sku);
  const { cart: open, made } = await openCartOf(deps, wish);
  const filled = await updateCart(deps, open.id, async (before) => {
    const at = deps.now();
    const cart = items.reduce((so, line) => ensureItem(so, line, at), setCurrency(before, wish.currency, at));
    const view = priced ? await priceCart(deps, cart) : null;
    if (view && cart !== before) for (const sku of skus) requireForSale(view, sku);
    return { cart, view };
  });
  return { ...filled, made };
}
