/** Whose cart it is: a guest proves it by the token that came with the cart. */
import { refuse } from '@souk/kit/problem';
import type { Deps } from '@souk/kit/service';
import { signToken, tokenMatches } from '@souk/kit/token';
import type { Cart } from './cart.ts';
import { findCart } from './cart-store.ts';

/** Which cart somebody wants, and the proof. */
export interface Access {
  cartId: string;
  token: string | undefined;
}

/** The token of a cart; any process can make it again. */
export function tokenOf({ secrets }: Pick<Deps, 'secrets'>, cartId: string): string {
  return signToken(keyOf(secrets), 'cart', cartId);
}

/** Refuses (`not-found`, as if there were none) whoever has not the cart's token. */
export function requireOwner({ secrets }: Pick<Deps, 'secrets'>, { cartId, token }: Access): void {
  if (!tokenMatches([keyOf(secrets)], 'cart', cartId, token)) refuse('not-found');
}

/** The owner's cart; refuses `not-found`. */
export async function readOwnCart(deps: Pick<Deps, 'dapr' | 'secrets'>, access: Access): Promise<Cart> {
  requireOwner(deps, access);
  const found = (await findCart(deps, access.cartId)) ?? refuse('not-found');
  return found.cart;
}

function keyOf(secrets: Deps['secrets']): string {
  const key = secrets['cart-token-key'];
  if (!key) throw new Error('The secret cart-token-key is missing.');
  return key;
}
