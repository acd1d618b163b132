/** Moves a product through its life: what readers see of it changes in the same transaction, and an event says so. */
import { inTransaction } from '@souk/kit/db';
import { enqueue } from '@souk/kit/outbox';
import { refuse } from '@souk/kit/problem';
import type { Deps } from '@souk/kit/service';
import { lockProduct, moveProduct, selectSkus } from './product-store.ts';
import { projectProducts } from './projection-store.ts';
import type { Shelf } from './shelf.ts';

type Publishing = Pick<Deps, 'db' | 'now' | 'wakeRelay'> & { shelf: Shelf };

/** Shows a product to everybody, or shows what has changed in one that is already published. */
export function publishProduct(deps: Publishing, productId: string): Promise<void> {
  return move(deps, productId, 'published');
}

/** Takes a product out of the shop; it stays known to old orders. */
export function archiveProduct(deps: Publishing, productId: string): Promise<void> {
  return move(deps, productId, 'archived');
}

async function move(
  { db, now, wakeRelay, shelf }: Publishing,
  productId: string,
  status: 'published' | 'archived',
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const product = await lockProduct(tx, productId);
    if (!product) return refuse('not-found');
    if (status === 'archived' && product.status === 'archived') return;
    const version = product.version + 1;
    await moveProduct(tx, productId, { status, version, at: now() });
    await projectProducts(tx, [productId]);
    const again = status === 'published' && product.status === 'published';
    const skus = await selectSkus(tx, productId);
    await enqueue(tx, [
      {
        type: again ? 'product.changed' : `product.${status}`,
        subject: productId,
        version,
        payload: { productId, slug: product.slug, skus },
      },
    ]);
  });
  wakeRelay();
  shelf.clear();
}
