/** Gives back what an order holds or has bought, because orders asks for it. */
import { crashPoint } from '@souk/kit/crash-point';
import { inTransaction } from '@souk/kit/db';
import type { Deps } from '@souk/kit/service';
import { giveBackStock } from './give-back-stock.ts';

/** Releases; may be repeated, and may come before the reserve, which is then refused. */
export async function releaseStock(
  { db, log, newId }: Pick<Deps, 'db' | 'log' | 'newId'>,
  orderId: string,
): Promise<void> {
  const outcome = await inTransaction(db, async (tx) => {
    const givenBack = await giveBackStock(tx, { orderId, movementId: newId() });
    crashPoint('inventory.release.before-commit');
    return givenBack;
  });
  crashPoint('inventory.release.after-commit');
  log.info('stock.released', { orderId, state: outcome });
}
