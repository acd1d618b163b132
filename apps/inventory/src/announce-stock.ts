/** Tells the shop what is available: at most one event a SKU and second, however often it was reserved meanwhile. */
import { crashPoint } from '@souk/kit/crash-point';
import { inTransaction } from '@souk/kit/db';
import { enqueue } from '@souk/kit/outbox';
import type { Deps } from '@souk/kit/service';
import { dueSkus, lockDueLevels, markAnnounced } from './announcement-store.ts';

const batchSize = 500;

/** Announces up to 500 levels; answers how many. Several processes may do it at once. */
export async function announceStock({ db, wakeRelay }: Pick<Deps, 'db' | 'wakeRelay'>): Promise<number> {
  const skus = await dueSkus(db, batchSize);
  if (skus.length === 0) return 0;
  const count = await inTransaction(db, async (tx) => {
    const levels = await lockDueLevels(tx, skus);
    if (levels.length === 0) return 0;
    await enqueue(
      tx,
      levels.map(({ sku, version, available }) => ({
        type: 'stock.changed',
        subject: sku,
        version,
        payload: { sku, available },
      })),
    );
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
