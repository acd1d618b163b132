/** Who buys, and whose an order is: a customer by their access token, or a guest by the token of their cart or order. */
import { createHash } from 'node:crypto';
import { customerIdOf } from '@souk/kit/auth';
import { refuse } from '@souk/kit/problem';
import type { Caller, Input } from '@souk/kit/routes';
import type { Deps } from '@souk/kit/service';
import { signToken, tokenMatches } from '@souk/kit/token';
import type { Order } from './order.ts';
import { findOrder } from './read-order-store.ts';

export type Buyer = { customerId: string } | { cartToken: string };

/** The secret with the keys of guests' order tokens. */
export const tokenSecret = 'order-token-key';

/** Several keys are separated by commas: the first signs, all are still accepted. */
function tokenKeys({ secrets }: Pick<Deps, 'secrets'>): string[] {
  return secrets[tokenSecret]!.split(',').map((key) => key.trim());
}

/** The token by which a guest owns an order. */
export function orderTokenOf(deps: Pick<Deps, 'secrets'>, orderId: string): string {
  return signToken(tokenKeys(deps)[0]!, 'order', orderId);
}

/** Who orders a cart; refuses with `not-found` who shows nothing. */
export function buyerOf({ caller, headers }: Pick<Input, 'caller' | 'headers'>): Buyer {
  const customerId = customerIdOf(caller);
  if (customerId) return { customerId };
  return { cartToken: headers['cart-token'] ?? refuse('not-found') };
}

/** Within which idempotency keys are one's own: a stranger's request with our key and cart is simply another one. */
export function scopeOf(buyer: Buyer, cartId: string): string {
  if ('customerId' in buyer) return `customer:${buyer.customerId}`;
  return `${cartId}:${createHash('sha256').update(buyer.cartToken).digest('hex').slice(0, 24)}`;
}

export interface OrderOwner {
  orderId: string;
  orderToken: string | undefined;
  caller: Caller;
}

/** Whom a request about an order says it comes from. */
export function ownerIn({ params, headers, caller }: Input): OrderOwner {
  return { orderId: params.id!, orderToken: headers['order-token'], caller };
}

/** The order, for its owner alone; `not-found` tells everybody else nothing, not even whether there is one. */
export async function readOwnOrder(
  deps: Pick<Deps, 'db' | 'secrets'>,
  { orderId, orderToken, caller }: OrderOwner,
): Promise<Order> {
  const customerId = customerIdOf(caller);
  const proven = tokenMatches(tokenKeys(deps), 'order', orderId, orderToken);
  const order = proven || customerId ? await findOrder(deps.db, orderId) : undefined;
  const own = order && (proven || order.customerId === customerId);
  return own ? order : refuse('not-found');
}
