/** Changes of a cart by its owner: priced before they are kept, so that a refusal or a failure changes nothing. */
import type { Line } from '@souk/contracts/identifiers';
import { refuse } from '@souk/kit/problem';
import { addItem, type Cart, type Delivery, removeItem, setDelivery, setItem } from './cart.ts';
import { updateCart } from './cart-store.ts';
import { requireIfMatch } from './etag.ts';
import { type Access, requireOwner, requireProof } from './own-cart.ts';
import { type CartDeps, type CartView, priceCart } from './price-cart.ts';

/** Who changes which cart, and what they want to hear of it. */
export interface Caller extends Access {
  ifMatch: string | undefined;
  /** Whether the answer shows the cart; without it pricing need not be asked. */
  priced: boolean;
}

export interface Changed {
  cart: Cart;
  /** Null if nobody asked for prices. */
  view: CartView | null;
}

/** Adds pieces; the same `key` again adds nothing. Refuses `unknown-sku`, `cart-full`, `cart-closed`. */
export async function addToCart(
  deps: CartDeps,
  caller: Caller,
  { key, ...line }: Line & { key: string | undefined },
): Promise<Changed> {
  requireProof(deps, caller);
  await requireSold(deps, [line.sku]);
  return change(deps, caller, {
    apply: (cart) => addItem(cart, line, { key, at: deps.now() }),
    accept: (view) => requireForSale(view, line.sku),
  });
}

/** Sets how many pieces of an article there are. Refuses `unknown-sku`, `cart-full`, `cart-closed`. */
export async function setCartItem(deps: CartDeps, caller: Caller, line: Line): Promise<Changed> {
  requireProof(deps, caller);
  await requireSold(deps, [line.sku]);
  return change(deps, caller, {
    apply: (cart) => setItem(cart, line, deps.now()),
    accept: (view) => requireForSale(view, line.sku),
  });
}

/** Takes an article out, whether it is in or not, for sale or not. */
export function removeCartItem(deps: CartDeps, caller: Caller, sku: string): Promise<Changed> {
  return change(deps, caller, { apply: (cart) => removeItem(cart, sku, deps.now()) });
}

/** Says where the goods go. Always priced, because it is refused (`not-shippable`) where nothing can be sent. */
export function setCartDelivery(deps: CartDeps, caller: Caller, delivery: Delivery): Promise<Changed> {
  const accept = (view: CartView) => {
    if (view.problems.includes('not-shippable')) refuse('not-shippable');
  };
  return change(
    deps,
    { ...caller, priced: true },
    { apply: (cart) => setDelivery(cart, delivery, deps.now()), accept },
  );
}

/** Refuses `unknown-sku` with those of `skus` that catalog does not sell. */
export async function requireSold({ summaries }: CartDeps, skus: string[]): Promise<void> {
  const known = await summaries.of(skus);
  const unknown = skus.filter((sku) => !known.has(sku));
  if (unknown.length > 0) refuse('unknown-sku', undefined, { skus: unknown });
}

interface Change {
  apply(cart: Cart): Cart;
  /** Refuses a result that the owner would not want kept. */
  accept?(view: CartView): void;
}

async function change(deps: CartDeps, caller: Caller, { apply, accept }: Change): Promise<Changed> {
  requireProof(deps, caller);
  const askedAtMs = performance.now();
  const changed = await updateCart(deps, caller.cartId, async (before) => {
    requireOwner(deps, before, caller);
    await requireIfMatch(deps, before, caller.ifMatch);
    const cart = apply(before);
    const view = caller.priced ? await priceCart(deps, cart) : null;
    if (view && cart !== before) accept?.(view);
    return { cart, view };
  });
  if (changed.view) deps.recentQuotes.note(changed.cart, changed.view.quote, askedAtMs);
  return changed;
}

/** An article without a price in the cart's currency is not for sale there. */
export function requireForSale(view: CartView, sku: string): void {
  const line = view.lines.find((item) => item.sku === sku);
  if (line && !line.forSale && view.problems.includes('unknown-sku')) {
    refuse('unknown-sku', undefined, { skus: [sku] });
  }
}
