/** What a cart costs to the cent, and by which ways it can be sent. */
import type { Quote } from '@souk/contracts/quote';
import { refuse } from '@souk/kit/problem';
import type { Cart } from './cart.ts';
import { requireSold } from './change-cart.ts';
import { listShippingOptions, makeQuote, type ShippingOption } from './neighbours.ts';
import { type Access, readOwnCart } from './own-cart.ts';
import type { CartDeps } from './price-cart.ts';

/** The quote to order by. Refuses `cart-empty`, `delivery-missing`, `unknown-sku`, and whatever pricing refuses. */
export async function quoteCart(deps: CartDeps, access: Access): Promise<Quote> {
  const cart = await readFilledCart(deps, access);
  if (cart.delivery === null) refuse('delivery-missing');
  const recent = deps.recentQuotes.of(cart);
  if (recent) return recent;
  await requireSold(
    deps,
    cart.items.map(({ sku }) => sku),
  );
  return makeQuote(deps, { currency: cart.currency, lines: cart.items, delivery: cart.delivery });
}

/** How the cart can be sent to `country`. Refuses `cart-empty` and `unknown-sku`. */
export async function listCartShipping(
  deps: CartDeps,
  access: Access,
  country: string,
): Promise<{ items: ShippingOption[] }> {
  const { currency, items } = await readFilledCart(deps, access);
  return listShippingOptions(deps, { currency, country, lines: items });
}

async function readFilledCart(deps: CartDeps, access: Access): Promise<Cart> {
  const cart = await readOwnCart(deps, access);
  return cart.items.length > 0 ? cart : refuse('cart-empty');
}
