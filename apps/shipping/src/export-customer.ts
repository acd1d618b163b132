/** Hands out all that shipping knows about a customer, in parts of bounded size. */
import type { ReceivedEvent } from '@souk/kit/dapr-subscribe';
import { inTransaction } from '@souk/kit/db';
import { firstTime } from '@souk/kit/inbox';
import { enqueue } from '@souk/kit/outbox';
import type { Deps } from '@souk/kit/service';
import { shipmentView } from './schemas.ts';
import { shipmentsOf } from './shipment-store.ts';

/** A shipment of fifty lines has some 10 kB, and an event may have 512. */
const perPart = 20;
const maxShipments = 5_000;

/** Answers by `export.completed`, at least one part. */
export async function exportCustomer(
  { db, wakeRelay }: Pick<Deps, 'db' | 'wakeRelay'>,
  event: ReceivedEvent,
): Promise<void> {
  const { customerId, exportId } = event.payload;
  await inTransaction(db, async (tx) => {
    if (!(await firstTime(tx, 'export-customer', event.id))) return;
    const shipments = (await shipmentsOf(tx, customerId, maxShipments)).map(shipmentView);
    const parts = Math.max(1, Math.ceil(shipments.length / perPart));
    const made = Array.from({ length: parts }, (_, i) => {
      const data = { shipments: shipments.slice(i * perPart, (i + 1) * perPart) };
      const payload = { customerId, exportId, service: 'shipping', part: i + 1, parts, data };
      return { type: 'export.completed' as const, subject: customerId, version: 1, payload };
    });
    await enqueue(tx, made);
  });
  wakeRelay();
}
