/** product.published, .changed and .archived: what is on sale, how it is taxed and what it weighs, as of the newest event. */
import type { ReceivedEvent } from '@souk/kit/dapr-subscribe';
import { inTransaction } from '@souk/kit/db';
import type { Deps } from '@souk/kit/service';
import { lockProductVersion, putArticles, type Variant, withdrawArticles } from './article-store.ts';

/** Applies the event if its version is greater than what was applied; so a repetition, or an older one, does nothing. */
export async function applyProduct(
  { db, log }: Pick<Deps, 'db' | 'log'>,
  { id, type, version, payload }: ReceivedEvent,
): Promise<void> {
  const product = { productId: payload.productId as string, version };
  const skus = payload.skus as string[];
  const variants = type === 'product.archived' ? [] : (payload.variants as Variant[] | undefined);
  if (!variants) throw new Error('the event does not say how its articles are taxed');
  const isNewer = await inTransaction(db, async (tx) => {
    const known = await lockProductVersion(tx, product.productId);
    if (known !== undefined && known >= version) return false;
    await putArticles(tx, product, variants);
    await withdrawArticles(tx, product, { skus, kept: variants.map(({ sku }) => sku) });
    return true;
  });
  log.info(isNewer ? 'articles.changed' : 'articles.not-changed', {
    productId: product.productId,
    eventId: id,
    count: variants.length,
  });
}
