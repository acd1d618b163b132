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
  currency: Currency;
  /** Grows with each change; a client's ETag begins with it. */
  version: number;
  items: CartItem[];
  delivery: Delivery | null;
  /** The order that was made of it; from then on it never changes. */
  closedBy: string | null;
  /** The last additions with a key, oldest first. */
  keyed: KeyedAddition[];
  createdAt: string;
  updatedAt: string;
}

const maxKeys = 20;

/** An empty cart. */
export function newCart({ id, currency, at }: { id: string; currency: Currency; at: Date }): Cart {
  const now = at.toISOString();
  return {
    ...{ id, currency, version: 1, items: [], delivery: null, closedBy: null, keyed: [] },
    createdAt: now,
    updatedAt: now,
  };
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

/** Closes a cart that has been ordered; whoever closed it first stays. */
export function closeCart(cart: Cart, orderId: string, at: Date): Cart {
  return cart.closedBy === null ? touched(cart, { closedBy: orderId }, at) : cart;
}

function touched(cart: Cart, change: Partial<Cart>, at: Date): Cart {
  return { ...unlessClosed(cart), ...change, version: cart.version + 1, updatedAt: at.toISOString() };
}

function unlessClosed(cart: Cart): Cart {
  if (cart.closedBy !== null) refuse('cart-closed', undefined, { orderId: cart.closedBy });
  return cart;
}
