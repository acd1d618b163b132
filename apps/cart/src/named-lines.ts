/** What an order takes over from a cart: articles, quantities, and what the articles are called at that moment. */
import type { Line } from '@souk/contracts/identifiers';
import type { CartDeps } from './price-cart.ts';

/** Names come from the process's memory as a rule; an order never fails for want of one, it then has the SKU. */
export async function namedLines(
  { summaries, log }: CartDeps,
  items: readonly Line[],
): Promise<(Line & { name: string })[]> {
  const known = await summaries.of(items.map(({ sku }) => sku)).catch((error: Error) => {
    log.warn('cart.nameless', { reason: error.message });
    return undefined;
  });
  return items.map(({ sku, quantity }) => ({ sku, quantity, name: known?.get(sku)?.name ?? sku }));
}
