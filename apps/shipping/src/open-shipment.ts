/** A confirmed order gets one shipment, unless it was cancelled before its event came. */
import type { Line } from '@souk/contracts/identifiers';
import type { ReceivedEvent } from '@souk/kit/dapr-subscribe';
import type { Deps } from '@souk/kit/service';
import { insertShipment } from './shipment-store.ts';

/**
 * One statement, atomic by itself: the row is its own inbox. Its key is the order, it is never deleted, and an order is
 * confirmed once, so a second delivery finds it, as a late one finds the tombstone.
 */
export async function openShipment({ db, log }: Pick<Deps, 'db' | 'log'>, event: ReceivedEvent) {
  const { orderId, number, customerId = null, lines, names, address, quote } = event.payload;
  const opened = await insertShipment(db, {
    orderId,
    number,
    customerId,
    address,
    method: quote.shipping?.method ?? null,
    lines: lines.map(({ sku, quantity }: Line) => ({ sku, quantity, name: names[sku] ?? sku })),
  });
  if (opened) log.info('shipment.opened', { orderId });
}
