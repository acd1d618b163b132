/** Changes what an article costs in one currency; the change and its event are one transaction. */
import { type Currency, money } from '@souk/contracts/money';
import { inTransaction } from '@souk/kit/db';
import { enqueue } from '@souk/kit/outbox';
import { refuse } from '@souk/kit/problem';
import type { Deps } from '@souk/kit/service';
import { updatePrice } from './price-store.ts';

export interface PriceChange {
  sku: string;
  currency: Currency;
  /** Minor units. */
  amount: number;
}

/** Answers the price's new version. Refuses `unknown-sku`. */
export async function changePrice(
  { db, wakeRelay }: Pick<Deps, 'db' | 'wakeRelay'>,
  { sku, currency, amount }: PriceChange,
): Promise<number> {
  const version = await inTransaction(db, async (tx) => {
    const next = await updatePrice(tx, { sku, currency, amount });
    if (next === undefined) return refuse('unknown-sku', undefined, { skus: [sku] });
    const payload = { sku, currency, price: money(amount, currency) };
    await enqueue(tx, [{ type: 'price.changed', subject: sku, version: next, payload }]);
    return next;
  });
  wakeRelay();
  return version;
}
