/** Which carts are a customer's: one note a customer in Dapr state, beside the carts themselves. */
import type { Deps } from '@souk/kit/service';
import { unlessStale } from './cart-store.ts';

type StoreDeps = Pick<Deps, 'dapr'>;

export interface CustomerNote {
  /** The open cart; null once the customer has been erased. */
  cartId: string | null;
  /** When `cartId` was chosen. */
  at: string;
  /** The carts before it, oldest first, at most 50: they live for a week after they were ordered. */
  earlier: string[];
  /** Nobody makes a cart for this customer any more. */
  erased: boolean;
}

export interface StoredNote {
  note: CustomerNote;
  etag: string;
}

const store = 'statestore';
const maxEarlier = 50;
/** Longer than an access token lives: until then the customer could still ask for a cart. */
const erasedTtlSeconds = 3_600;
const keyOf = (customerId: string) => `owner:${customerId}`;

export async function findNote({ dapr }: StoreDeps, customerId: string): Promise<StoredNote | null> {
  const found = await dapr.state(store).get(keyOf(customerId));
  return found && { note: found.value as CustomerNote, etag: found.etag };
}

/** Writes a note over what was read (`before`), or the first one; false if somebody else has written since. */
export async function saveNote(
  { dapr }: StoreDeps,
  customerId: string,
  { note, before }: { note: CustomerNote; before: StoredNote | null },
): Promise<boolean> {
  const guard = before ? { etag: before.etag } : { ifAbsent: true };
  const options = note.erased ? { ...guard, ttlSeconds: erasedTtlSeconds } : guard;
  return unlessStale(dapr.state(store).save(keyOf(customerId), note, options));
}

/** Every cart that a note names. */
export function cartsOf({ cartId, earlier }: CustomerNote): string[] {
  return cartId === null ? earlier : [...earlier, cartId];
}

/** The note once `cartId` is the open cart. */
export function pointedTo(cartId: string, at: Date, before: CustomerNote | undefined): CustomerNote {
  const earlier = before ? cartsOf(before).slice(-maxEarlier) : [];
  return { cartId, at: at.toISOString(), earlier, erased: false };
}
