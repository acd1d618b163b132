/** Reading an order: only its owner may, and for everybody else it does not exist. */
import { refuse } from '@souk/kit/problem';
import type { Deps } from '@souk/kit/service';
import { tokenMatches } from '@souk/kit/token';
import { tokenKey, viewWithHistory } from './answer.ts';
import { readHistory } from './history-store.ts';
import { findOrder } from './order-store.ts';

export interface OrderOwner {
  orderId: string;
  orderToken: string | undefined;
}

/** Refuses with `not-found` whoever does not hold the order's token; the answer tells nothing about the order. */
export function requireOwner({ secrets }: Pick<Deps, 'secrets'>, { orderId, orderToken }: OrderOwner): void {
  if (!tokenMatches([secrets[tokenKey]!], 'order', orderId, orderToken)) refuse('not-found');
}

/** The order with its history. */
export async function readOrder(
  deps: Pick<Deps, 'db' | 'secrets'>,
  owner: OrderOwner,
): Promise<Record<string, unknown>> {
  requireOwner(deps, owner);
  const order = (await findOrder(deps.db, owner.orderId)) ?? refuse('not-found');
  return viewWithHistory(order, await readHistory(deps.db, owner.orderId));
}
