/** What a customer may ask of those who know something about them: to forget it, and to hand it out. */
import type { ReceivedEvent } from '@souk/kit/dapr-subscribe';
import type { Cart } from './cart.ts';
import { eraseCart, findCart } from './cart-store.ts';
import { type CustomerNote, cartsOf, findNote, saveNote } from './customer-store.ts';
import type { DeadEventShelf } from './dead-events.ts';
import type { CartDeps } from './price-cart.ts';
import { publish } from './publish.ts';

const maxTries = 10;

/**
 * customer.erased: first no more carts, then none of those that there are, then no name of them. Each step may be
 * repeated, so an attempt that fails is made again when the event comes again.
 */
export async function eraseCustomer(
  deps: CartDeps & { deadEvents: DeadEventShelf },
  { payload }: ReceivedEvent,
): Promise<void> {
  const { customerId, round } = payload;
  const known = await changeNote(deps, customerId, (note) => ({ ...note, erased: true }));
  for (const cartId of cartsOf(known)) await eraseCartOf(deps, cartId, customerId);
  await changeNote(deps, customerId, (note) => ({ ...note, cartId: null, earlier: [] }));
  await deps.deadEvents.removeNaming(customerId);
  await publish(deps, {
    type: 'erasure.completed',
    subject: customerId,
    version: round,
    payload: { customerId, round, service: 'cart', openCount: 0 },
  });
}

async function changeNote(
  deps: CartDeps,
  customerId: string,
  change: (note: CustomerNote) => CustomerNote,
): Promise<CustomerNote> {
  const none = { cartId: null, at: deps.now().toISOString(), earlier: [], erased: true };
  for (let tries = 1; tries <= maxTries; tries += 1) {
    const before = await findNote(deps, customerId);
    const note = change(before?.note ?? none);
    if (await saveNote(deps, customerId, { note, before })) return note;
  }
  throw new Error('the note of a customer is changing too fast');
}

/** Guests' carts that went into it hold no name, but they show what was bought. */
async function eraseCartOf(deps: CartDeps, cartId: string, customerId: string): Promise<void> {
  const cart = (await findCart(deps, cartId))?.cart;
  if (cart && cart.customerId !== customerId) return;
  for (const guestId of cart?.mergedFrom ?? []) await eraseCart(deps, guestId);
  // Also where there is none: it may be in the making.
  await eraseCart(deps, cartId);
}

/** export.requested: what the customer's carts hold, as one part; they are at most 51. */
export async function exportCustomer(deps: CartDeps, { payload }: ReceivedEvent): Promise<void> {
  const { customerId, exportId } = payload;
  const note = (await findNote(deps, customerId))?.note;
  const ids = note ? cartsOf(note) : [];
  const carts = (await Promise.all(ids.map((id) => findCart(deps, id)))).flatMap((found) =>
    found ? [exported(found.cart)] : [],
  );
  await publish(deps, {
    type: 'export.completed',
    subject: customerId,
    version: 1,
    payload: { customerId, exportId, service: 'cart', part: 1, parts: 1, data: { carts } },
  });
}

function exported({ id, currency, items, delivery, closedBy, createdAt, updatedAt }: Cart) {
  return { id, currency, items, delivery, orderId: closedBy, createdAt, updatedAt };
}
