/** What becomes of a customer's cart when a guest's goes into it. Pure, and the same however often it is repeated. */
import { maxLines, maxQuantity } from '@souk/contracts/identifiers';
import { type Cart, type CartItem, touched } from './cart.ts';

/** An article whose quantity a merge has changed, or would have without the limits of a cart. */
export interface MergeChange {
  sku: string;
  from: number;
  to: number;
  /** Why there are not as many as both carts together had. */
  reason?: 'cart-full';
}

const maxRemembered = 100;

/**
 * Adds the guest's quantities, as far as the limits of a cart allow; the delivery stays the customer's. A guest's cart
 * that has been added before changes nothing. Refuses `cart-closed`.
 */
export function mergeInto(cart: Cart, guest: Cart, at: Date): { cart: Cart; changes: MergeChange[] } {
  if (cart.mergedFrom.includes(guest.id)) return { cart, changes: [] };
  const items = [...cart.items];
  const changes = guest.items.map((item) => addPieces(items, item, at));
  const currency = cart.items.length === 0 ? guest.currency : cart.currency;
  const mergedFrom = [...cart.mergedFrom, guest.id].slice(-maxRemembered);
  return { cart: touched(cart, { items, currency, mergedFrom }, at), changes };
}

function addPieces(items: CartItem[], { sku, quantity }: CartItem, at: Date): MergeChange {
  const index = items.findIndex((item) => item.sku === sku);
  const from = items[index]?.quantity ?? 0;
  if (index < 0 && items.length >= maxLines) return { sku, from, to: 0, reason: 'cart-full' };
  const to = Math.min(from + quantity, maxQuantity);
  const merged = { sku, quantity: to, addedAt: items[index]?.addedAt ?? at.toISOString() };
  items.splice(index < 0 ? items.length : index, 1, merged);
  return { sku, from, to, ...(to < from + quantity && { reason: 'cart-full' as const }) };
}

/**
 * Takes out again what came from a guest's cart whose order was on its way when it was merged: nobody shall buy the same
 * twice. If it has not been added yet, it never will be. A closed cart stays as it is.
 */
export function takeBack(cart: Cart, guest: Cart, at: Date): Cart {
  if (cart.closedBy !== null || cart.takenBack.includes(guest.id)) return cart;
  const takenBack = [...cart.takenBack, guest.id].slice(-maxRemembered);
  if (!cart.mergedFrom.includes(guest.id)) {
    const mergedFrom = [...cart.mergedFrom, guest.id].slice(-maxRemembered);
    return touched(cart, { mergedFrom, takenBack }, at);
  }
  const ordered = new Map(guest.items.map(({ sku, quantity }) => [sku, quantity]));
  const items = cart.items
    .map((item) => ({ ...item, quantity: item.quantity - (ordered.get(item.sku) ?? 0) }))
    .filter(({ quantity }) => quantity > 0);
  return touched(cart, { items, takenBack }, at);
}
