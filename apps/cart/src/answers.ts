/** How carts are answered: whole with their ETag, minimal, or as the one that made a client's ETag stale. */
import { customerIdOf } from '@souk/kit/auth';
import { problemOf } from '@souk/kit/problem';
import { type Input, type Reply, type Route, reply } from '@souk/kit/routes';
import type { Cart } from './cart.ts';
import type { Caller, Changed } from './change-cart.ts';
import { StaleCart, shown, versionEtag } from './etag.ts';
import { tokenOf } from './own-cart.ts';
import type { CartDeps, CartView } from './price-cart.ts';

/** A cart is for its owner's eyes, and its prices may have changed: keep it, but always ask. */
const privately = { 'cache-control': 'private, no-cache' };

/** Whether the client can do without the cart (RFC 7240). */
export function wantsMinimal(headers: Input['headers']): boolean {
  return /(^|[,;\s])return=minimal([,;\s]|$)/i.test(headers.prefer ?? '');
}

/** Who asks for what, from the request. */
export function callerOf({ params, headers, caller }: Pick<Input, 'params' | 'headers' | 'caller'>): Caller {
  return {
    cartId: params.id!,
    token: headers['cart-token'],
    customerId: customerIdOf(caller),
    ifMatch: headers['if-match'],
    priced: !wantsMinimal(headers),
  };
}

/** 200 with the whole cart. */
export function answerView(cart: Cart, view: CartView): Reply {
  const { body, etag } = shown(cart, view);
  return reply(200, body, { ...privately, etag });
}

/** 200 with the changed cart, or 204 if the client can do without. */
export function answerChange({ headers }: Pick<Input, 'headers'>, { cart, view }: Changed): Reply {
  if (view && !wantsMinimal(headers)) return answerView(cart, view);
  return reply(204, undefined, { etag: versionEtag(cart), 'preference-applied': 'return=minimal' });
}

/** 201 with a new cart, a guest's with its token; 200 with the one that a customer has. */
export function answerCreated(
  deps: Pick<CartDeps, 'secrets'>,
  { cart, view, made }: Changed & { made: boolean },
): Reply {
  const token = cart.customerId === null ? { token: tokenOf(deps, cart.id) } : {};
  const body = { ...(view ?? { id: cart.id }), ...token };
  const etag = view ? shown(cart, view).etag : versionEtag(cart);
  return reply(made ? 201 : 200, body, {
    'cache-control': 'no-store',
    etag,
    location: `/api/v1/carts/${cart.id}`,
    ...(view ? {} : { 'preference-applied': 'return=minimal' }),
  });
}

/** Puts the ETag of the current cart beside the problem document of a stale one. */
export function answerStale(handle: Route['handle']): Route['handle'] {
  return async (input) => {
    try {
      return await handle(input);
    } catch (error) {
      if (!(error instanceof StaleCart)) throw error;
      return reply(412, problemOf(error), {
        'content-type': 'application/problem+json',
        etag: error.etag,
      });
    }
  };
}
