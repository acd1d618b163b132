/** What happens elsewhere and concerns carts: an order closes its cart, a changed product is forgotten. */
import { crashPoint } from '@souk/kit/crash-point';
import type { ReceivedEvent } from '@souk/kit/dapr-subscribe';
import { isRefusal } from '@souk/kit/problem';
import { type Cart, closeCart } from './cart.ts';
import { updateCart } from './cart-store.ts';
import { takeBack } from './merged-cart.ts';
import type { CartDeps } from './price-cart.ts';

/**
 * order.confirmed: closes the cart. If it was merged into a customer's while it was being ordered, what was bought is
 * taken out of there. Repeated it does nothing, for a closed cart stays as it is.
 */
export async function closeOrderedCart(deps: CartDeps, { payload }: ReceivedEvent): Promise<void> {
  const { cartId, orderId } = payload;
  const closed = await updateIfThere(deps, cartId, (cart) => {
    crashPoint('cart.close.before-save');
    return closeCart(cart, orderId, deps.now());
  });
  crashPoint('cart.close.after-save');
  deps.log.info(closed ? 'cart.closed' : 'cart.gone', { cartId, orderId });
  if (!closed?.mergedInto) return;
  await updateIfThere(deps, closed.mergedInto.cartId, (cart) => takeBack(cart, closed, deps.now()));
}

/** Answers undefined if there is no such cart (any more). */
async function updateIfThere(
  deps: CartDeps,
  cartId: string,
  change: (cart: Cart) => Cart,
): Promise<Cart | undefined> {
  try {
    return (await updateCart(deps, cartId, async (cart) => ({ cart: change(cart) }))).cart;
  } catch (error) {
    if (!isRefusal(error, 'not-found')) throw error;
    return undefined;
  }
}

/** product.published, product.changed, product.archived: the next reader asks catalog. */
export async function forgetProduct({ summaries }: CartDeps, { payload }: ReceivedEvent): Promise<void> {
  summaries.drop(payload.skus);
}
