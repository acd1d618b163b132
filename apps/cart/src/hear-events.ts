/** What happens elsewhere and concerns carts: an order closes its cart, a changed product is forgotten. */
import { crashPoint } from '@souk/kit/crash-point';
import type { ReceivedEvent } from '@souk/kit/dapr-subscribe';
import { isRefusal } from '@souk/kit/problem';
import { closeCart } from './cart.ts';
import { updateCart } from './cart-store.ts';
import type { CartDeps } from './price-cart.ts';

/** order.confirmed: closes the cart. Repeated it does nothing, for a closed cart stays as it is. */
export async function closeOrderedCart(deps: CartDeps, { payload }: ReceivedEvent): Promise<void> {
  const { cartId, orderId } = payload;
  try {
    await updateCart(deps, cartId, async (cart) => {
      crashPoint('cart.close.before-save');
      return { cart: closeCart(cart, orderId, deps.now()) };
    });
    crashPoint('cart.close.after-save');
    deps.log.info('cart.closed', { cartId, orderId });
  } catch (error) {
    if (!isRefusal(error, 'not-found')) throw error;
    deps.log.info('cart.gone', { cartId, orderId });
  }
}

/** product.published, product.changed, product.archived: the next reader asks catalog. */
export async function forgetProduct({ summaries }: CartDeps, { payload }: ReceivedEvent): Promise<void> {
  summaries.drop(payload.skus);
}
