/** Tells the shop what is available: each SKU at most once a second, however often it was reserved meanwhile. */
import { crashPoint } from '@souk/kit/crash-point';
import { inTransaction } from '@souk/kit/db';
import { enqueue } from '@souk/kit/outbox';
import type { Deps } from '@souk/kit/service';
import { dueSkus, lockDueLevels, markAnnounced } from './announcement-store.ts';

const batchSize = 500;

/** Announces up to 500 levels in one event; answers how many. Several processes may do it at once. */
export async function announceStock({ db, wakeRelay }: Pick<Deps, 'db' | 'wakeRelay'>): Promise<number> {
  const skus = await dueSkus(db, batchSize);
  if (skus.length === 0) return 0;
  const count = await inTransaction(db, async (tx) => {
    const levels = await lockDueLevels(tx, skus);
    if (levels.length === 0) return 0;
    // One event about all of them: what is shown need not be told SKU by SKU (docs/decisions/0007).
    const version = Math.max(...levels.map((level) => level.version));
    await enqueue(tx, [{ type: 'stock.changed', subject: 'stock', version, payload: { levels } }]);
    await markAnnounced(
      tx,
      levels.map(({ sku }) => sku),
    );
    crashPoint('inventory.announce.before-commit');
    return levels.length;
  });
  crashPoint('inventory.announce.after-commit');
  wakeRelay();
  return count;
}
