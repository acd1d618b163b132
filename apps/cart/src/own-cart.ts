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

/** Requests whose token is known to be right: it is computed once, however often one request asks. */
const proved = new WeakSet<Access>();

/** Refuses (`not-found`, as if there were none) whoever can own no such cart, without a look at it. */
export function requireProof(deps: Pick<Deps, 'secrets'>, access: Access): void {
  if (access.customerId === undefined && !hasToken(deps, access)) refuse('not-found');
}

function hasToken({ secrets }: Pick<Deps, 'secrets'>, access: Access): boolean {
  const right = proved.has(access) || tokenMatches(keysOf(secrets), 'cart', access.cartId, access.token);
  if (right) proved.add(access);
  return right;
}

/** Answers the cart to its owner and refuses (`not-found`) everybody else. */
export function requireOwner(deps: Pick<Deps, 'secrets'>, cart: Cart, access: Access): Cart {
  const isGuests = cart.customerId === null && cart.id === access.cartId;
  const owns = isGuests ? hasToken(deps, access) : cart.customerId === access.customerId;
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
