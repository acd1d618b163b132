/** Whose cart it is: a guest proves it by the token that came with the cart, a customer by who they are. */
import { refuse } from '@souk/kit/problem';
import type { Deps } from '@souk/kit/service';
import { signToken, tokenMatches } from '@souk/kit/token';
import type { Cart } from './cart.ts';
import { findCart } from './cart-store.ts';

/** Which cart somebody wants, and the proof. */
export interface Access {
  cartId: string;
  /** Of a guest. */
  token: string | undefined;
  /** The customer who asks. */
  customerId: string | undefined;
}

/** The token of a cart; any process can make it again. */
export function tokenOf({ secrets }: Pick<Deps, 'secrets'>, cartId: string): string {
  return signToken(keysOf(secrets)[0]!, 'cart', cartId);
}

/** Refuses (`not-found`, as if there were none) whoever can own no such cart, without a look at it. */
export function requireProof(
  { secrets }: Pick<Deps, 'secrets'>,
  { cartId, token, customerId }: Access,
): void {
  if (customerId === undefined && !tokenMatches(keysOf(secrets), 'cart', cartId, token)) refuse('not-found');
}

/** Answers the cart to its owner and refuses (`not-found`) everybody else. */
export function requireOwner({ secrets }: Pick<Deps, 'secrets'>, cart: Cart, access: Access): Cart {
  const owns =
    cart.customerId === null
      ? tokenMatches(keysOf(secrets), 'cart', cart.id, access.token)
      : cart.customerId === access.customerId;
  return owns ? cart : refuse('not-found');
}

/** The owner's cart; refuses `not-found`. */
export async function readOwnCart(deps: Pick<Deps, 'dapr' | 'secrets'>, access: Access): Promise<Cart> {
  requireProof(deps, access);
  const found = (await findCart(deps, access.cartId)) ?? refuse('not-found');
  return requireOwner(deps, found.cart, access);
}

/** The first signs, all are accepted: a key is changed by putting another before it. */
function keysOf(secrets: Deps['secrets']): string[] {
  const keys = (secrets['cart-token-key'] ?? '').split(',').map((key) => key.trim());
  const known = keys.filter((key) => key !== '');
  if (known.length === 0) throw new Error('The secret cart-token-key is missing.');
  return known;
}
