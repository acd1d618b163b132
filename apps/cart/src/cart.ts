/** What a cart is, and every way in which it changes. Pure: each change answers a new cart, or the same if nothing is new. */
import { type Address, type Line, maxLines, maxQuantity } from '@souk/contracts/identifiers';
import type { Currency } from '@souk/contracts/money';
import { refuse } from '@souk/kit/problem';

export interface CartItem extends Line {
  addedAt: string;
}

export interface Delivery {
  email: string;
  address: Address;
  billingAddress?: Address;
  /** Code of one of pricing's shipping methods. */
  shippingMethod: string;
}

/** An addition that came with an Idempotency-Key. */
interface KeyedAddition extends Line {
  key: string;
}

export interface Cart {
  id: string;
  /** Whose it is; a guest's cart, null, belongs to whoever has its token. */
  customerId: string | null;
  currency: Currency;
  /** Grows with each change; a client's ETag begins with it. */
  version: number;
  items: CartItem[];
  delivery: Delivery | null;
  /** The order that was made of it; from then on it never changes. */
  closedBy: string | null;
  /** The customer's cart that a guest's cart went into; from then on it never changes. See merge-carts.ts. */
  mergedInto: { cartId: string; done: boolean } | null;
  /** Guests' carts that went into this one, the last 100. */
  mergedFrom: string[];
  /** Those of them that were ordered all the same, and whose pieces were therefore taken out again. */
  takenBack: string[];
  /** The last additions with a key, oldest first. */
  keyed: KeyedAddition[];
  createdAt: string;
  updatedAt: string;
}

const maxKeys = 20;

/** What a cart without a history has; carts that were kept before these members were known have it too. */
export const unmerged = Object.freeze({
  customerId: null,
  mergedInto: null,
  mergedFrom: [] as string[],
  takenBack: [] as string[],
});

export interface NewCart {
  id: string;
  currency: Currency;
  at: Date;
  customerId?: string | null;
}

/** An empty cart. */
export function newCart({ id, currency, at, customerId = null }: NewCart): Cart {
  const now = at.toISOString();
  return {
    ...unmerged,
    ...{ id, customerId, currency, version: 1, items: [], delivery: null, closedBy: null, keyed: [] },
    createdAt: now,
    updatedAt: now,
  };
}

/** Whether it can still change. */
export function isOpen({ closedBy, mergedInto }: Cart): boolean {
  return closedBy === null && mergedInto === null;
}

/**
 * Adds pieces to a line, or a new line. The same key again changes nothing; with other content it is refused
 * (`idempotency-key-reused`). Refuses `cart-full` beyond 50 lines or 99 pieces a line, and `cart-closed`.
 */
export function addItem(cart: Cart, line: Line, { key, at }: { key?: string | undefined; at: Date }): Cart {
  const known = key === undefined ? undefined : cart.keyed.find((addition) => addition.key === key);
  if (known) {
    if (known.sku !== line.sku || known.quantity !== line.quantity) refuse('idempotency-key-reused');
    return cart;
  }
  const held = cart.items.find(({ sku }) => sku === line.sku)?.quantity ?? 0;
  const changed = setItem(cart, { sku: line.sku, quantity: held + line.quantity }, at);
  return key === undefined
    ? changed
    : { ...changed, keyed: [...cart.keyed, { ...line, key }].slice(-maxKeys) };
}

/** Sets the quantity of a line, which is made if it is new. Refuses like {@link addItem}. */
export function setItem(cart: Cart, { sku, quantity }: Line, at: Date): Cart {
  if (quantity > maxQuantity) refuse('cart-full', `At most ${maxQuantity} pieces of one article.`);
  const held = cart.items.find((item) => item.sku === sku);
  if (!held && cart.items.length >= maxLines) refuse('cart-full');
  const items = held
    ? cart.items.map((item) => (item === held ? { ...item, quantity } : item))
    : [...cart.items, { sku, quantity, addedAt: at.toISOString() }];
  return held?.quantity === quantity ? unlessClosed(cart) : touched(cart, { items }, at);
}

/** Sees to it that there are at least so many pieces. Refuses like {@link addItem}. */
export function ensureItem(cart: Cart, { sku, quantity }: Line, at: Date): Cart {
  const held = cart.items.find((item) => item.sku === sku)?.quantity ?? 0;
  return setItem(cart, { sku, quantity: Math.max(held, quantity) }, at);
}

/** Takes a line out; without that line nothing changes. Refuses `cart-closed`. */
export function removeItem(cart: Cart, sku: string, at: Date): Cart {
  const items = cart.items.filter((item) => item.sku !== sku);
  return items.length === cart.items.length ? unlessClosed(cart) : touched(cart, { items }, at);
}

/** Says where the goods go and how. Refuses `cart-empty` and `cart-closed`. */
export function setDelivery(cart: Cart, delivery: Delivery, at: Date): Cart {
  unlessClosed(cart);
  if (cart.items.length === 0) refuse('cart-empty');
  return touched(cart, { delivery }, at);
}

/** Makes it a cart of another currency, as long as it is empty. Refuses `already-exists` with its `cartId`. */
export function setCurrency(cart: Cart, currency: Currency, at: Date): Cart {
  if (cart.currency === currency) return cart;
  if (cart.items.length > 0)
    refuse('already-exists', `Your cart is in ${cart.currency}.`, { cartId: cart.id });
  return touched(cart, { currency, delivery: null }, at);
}

/**
 * Closes a cart that has been ordered; whoever closed it first stays. Where the goods go is forgotten: the order knows.
 */
export function closeCart(cart: Cart, orderId: string, at: Date): Cart {
  return cart.closedBy === null ? changed(cart, { closedBy: orderId, delivery: null }, at) : cart;
}

/** A cart with some members changed. Refuses `cart-closed`. */
export function touched(cart: Cart, change: Partial<Cart>, at: Date): Cart {
  return changed(unlessClosed(cart), change, at);
}

/** The same for a cart that may be closed. */
export function changed(cart: Cart, change: Partial<Cart>, at: Date): Cart {
  return { ...cart, ...change, version: cart.version + 1, updatedAt: at.toISOString() };
}

/** Refuses `cart-closed` with what closed it: `orderId` or `mergedInto`. */
export function unlessClosed(cart: Cart): Cart {
  if (cart.closedBy !== null) refuse('cart-closed', undefined, { orderId: cart.closedBy });
  return unlessMerged(cart);
}

/** Refuses `cart-closed` with `mergedInto`. */
export function unlessMerged(cart: Cart): Cart {
  if (cart.mergedInto !== null) refuse('cart-closed', undefined, { mergedInto: cart.mergedInto.cartId });
  return cart;
}
