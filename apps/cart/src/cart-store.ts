/** Carts in Dapr state, one document a cart; a write succeeds only over what was read. */
import { StaleEtag } from '@souk/kit/dapr';
import { refuse } from '@souk/kit/problem';
import type { Deps } from '@souk/kit/service';
import type { Cart } from './cart.ts';
import type { Turns } from './turns.ts';

type StoreDeps = Pick<Deps, 'dapr'>;

export interface StoredCart {
  cart: Cart;
  /** The store's own ETag, which no client sees. */
  etag: string;
}

const store = 'statestore';
const openTtlSeconds = 30 * 24 * 3_600;
const closedTtlSeconds = 7 * 24 * 3_600;
const maxTries = 5;
const keyOf = (cartId: string) => `cart:${cartId}`;

/** The cart, or null if there is none (any more). */
export async function findCart({ dapr }: StoreDeps, cartId: string): Promise<StoredCart | null> {
  const found = await dapr.state(store).get(keyOf(cartId));
  return found && { cart: found.value as Cart, etag: found.etag };
}

/** Writes a new cart. */
export async function insertCart({ dapr }: StoreDeps, cart: Cart): Promise<void> {
  await dapr.state(store).save(keyOf(cart.id), cart, { ttlSeconds: openTtlSeconds });
}

/**
 * Reads a cart, lets `decide` make the next one of it, and writes that over what was read; when another process was
 * faster, all of it again, 5 times at most. Nothing is written when `decide` answers the same cart. Refuses `not-found`,
 * and `too-many-requests` when too many change it at once.
 */
export async function updateCart<T extends { cart: Cart }>(
  deps: StoreDeps & { turns: Turns },
  cartId: string,
  decide: (cart: Cart) => Promise<T>,
): Promise<T> {
  return deps.turns.take(cartId, async () => {
    for (let tries = 1; tries <= maxTries; tries += 1) {
      const { cart, etag } = (await findCart(deps, cartId)) ?? refuse('not-found');
      const decided = await decide(cart);
      if (decided.cart === cart || (await overwrite(deps, decided.cart, etag))) return decided;
    }
    return refuse('too-many-requests', 'The cart is changing too fast.');
  });
}

/** False if somebody else has written since `etag` was read. */
async function overwrite({ dapr }: StoreDeps, cart: Cart, etag: string): Promise<boolean> {
  const ttlSeconds = cart.closedBy === null ? openTtlSeconds : closedTtlSeconds;
  try {
    await dapr.state(store).save(keyOf(cart.id), cart, { etag, ttlSeconds });
    return true;
  } catch (error) {
    if (error instanceof StaleEtag) return false;
    throw error;
  }
}
