/** Carts in Dapr state, one document a cart; a write succeeds only over what was read. */
import { StaleEtag } from '@souk/kit/dapr';
import { refuse } from '@souk/kit/problem';
import type { Deps } from '@souk/kit/service';
import { type Cart, isOpen, unmerged } from './cart.ts';
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
/** Longer than an access token lives and than any request takes: nothing that is under way brings an erased cart back. */
const erasedTtlSeconds = 3_600;
const maxTries = 10;
const longestPauseMs = 16;
const keyOf = (cartId: string) => `cart:${cartId}`;

/** The cart, or null if there is none (any more). */
export async function findCart({ dapr }: StoreDeps, cartId: string): Promise<StoredCart | null> {
  const found = await dapr.state(store).get(keyOf(cartId));
  if (!found || 'erased' in (found.value as object)) return null;
  return { cart: { ...unmerged, ...(found.value as Cart) }, etag: found.etag };
}

/** Writes a new cart; false if there is, or was until a moment ago, one with its id. */
export async function insertCart({ dapr }: StoreDeps, cart: Cart): Promise<boolean> {
  const options = { ifAbsent: true, ttlSeconds: openTtlSeconds };
  return unlessStale(dapr.state(store).save(keyOf(cart.id), cart, options));
}

/** Leaves nothing of a cart. What stands in its place for an hour makes writers who have read it fail. */
export async function eraseCart({ dapr }: StoreDeps, cartId: string): Promise<void> {
  await dapr.state(store).save(keyOf(cartId), { erased: true }, { ttlSeconds: erasedTtlSeconds });
}

/**
 * Reads a cart, lets `decide` make the next one of it, and writes that over what was read; when another process was
 * faster, all of it again, 10 times at most. Nothing is written when `decide` answers the same cart. Refuses `not-found`,
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
      await pause(tries);
    }
    return refuse('too-many-requests', 'The cart is changing too fast.');
  });
}

/** Two processes that keep getting in each other's way get out of step. */
function pause(tries: number): Promise<void> {
  const pauseMs = Math.random() * Math.min(2 ** tries, longestPauseMs);
  return new Promise((resolve) => setTimeout(resolve, pauseMs));
}

/** False if somebody else has written since `etag` was read. */
async function overwrite({ dapr }: StoreDeps, cart: Cart, etag: string): Promise<boolean> {
  const ttlSeconds = isOpen(cart) ? openTtlSeconds : closedTtlSeconds;
  return unlessStale(dapr.state(store).save(keyOf(cart.id), cart, { etag, ttlSeconds }));
}

/** Whether a guarded write was done; what else goes wrong with it is thrown. */
export async function unlessStale(write: Promise<void>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof StaleEtag) return false;
    throw error;
  }
}
