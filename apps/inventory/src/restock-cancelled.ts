/** order.cancelled: the same as a release, in case that orders' own call never came through. */
import { crashPoint } from '@souk/kit/crash-point';
import type { ReceivedEvent } from '@souk/kit/dapr-subscribe';
import { inTransaction } from '@souk/kit/db';
import { firstTime } from '@souk/kit/inbox';
import type { Deps } from '@souk/kit/service';
import { giveBackStock } from './give-back-stock.ts';

/** Applies the event once. A confirmation that comes later finds the tombstone. */
export async function restockCancelled(
  { db, log, newId }: Pick<Deps, 'db' | 'log' | 'newId'>,
  event: ReceivedEvent,
): Promise<void> {
  const { orderId } = event.payload;
  const outcome = await inTransaction(db, async (tx) => {
    if (!(await firstTime(tx, 'inventory', event.id))) return 'nothing';
    const givenBack = await giveBackStock(tx, { orderId, movementId: newId() });
    crashPoint('inventory.cancel.before-commit');
    return givenBack;
  });
  crashPoint('inventory.cancel.after-commit');
  if (outcome !== 'nothing') log.info('stock.released', { orderId, state: outcome, eventId: event.id });
}
