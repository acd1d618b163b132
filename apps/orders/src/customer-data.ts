/** What orders forgets about a customer who is erased, and what it hands out to one who asks for their data. */
import type { ReceivedEvent } from '@souk/kit/dapr-subscribe';
import { inTransaction } from '@souk/kit/db';
import { firstTime } from '@souk/kit/inbox';
import { enqueue } from '@souk/kit/outbox';
import type { Deps } from '@souk/kit/service';
import { viewOf } from './answer.ts';
import {
  countOrders,
  deleteDeadShipments,
  deleteEvents,
  forgetOrders,
  lockEnded,
  sentEvents,
  subjectsToSend,
} from './customer-store.ts';
import { listOrders } from './read-order-store.ts';

type CustomerDeps = Pick<Deps, 'db' | 'now' | 'wakeRelay'>;

const batchSize = 50;
/** An order of fifty lines has some 20 kB, 35 with long names in other scripts than ours, and an event may have 512. */
const ordersAPart = 10;

/**
 * customer.erased: forgets all that is personal in ended orders, and says how many are under way and so kept for now
 * (also an order whose last mail has not been handed over yet). Repeatable, and each round tells anew.
 */
export async function forgetCustomer(deps: CustomerDeps, event: ReceivedEvent): Promise<void> {
  const { customerId, round = 1 } = event.payload as { customerId: string; round?: number };
  let afterId = '';
  for (;;) {
    const batch = await forgetBatch(deps, customerId, afterId);
    if (batch.length < batchSize) break;
    afterId = batch.at(-1)!;
  }
  await deleteEvents(deps.db, await sentEvents(deps.db, [customerId]));
  await inTransaction(deps.db, async (tx) => {
    if (!(await firstTime(tx, 'orders', event.id))) return;
    const openCount = await countOrders(tx, customerId);
    const payload = { customerId, round, service: 'orders', openCount };
    await enqueue(tx, [{ type: 'erasure.completed', subject: customerId, version: round, payload }]);
  });
  deps.wakeRelay();
}

/** Answers the ids that were looked at, in their order. */
function forgetBatch({ db, now }: CustomerDeps, customerId: string, afterId: string): Promise<string[]> {
  return inTransaction(db, async (tx) => {
    const ids = await lockEnded(tx, { customerId, afterId, limit: batchSize });
    const waiting = await subjectsToSend(tx, ids);
    const free = ids.filter((id) => !waiting.has(id));
    await forgetOrders(tx, free, now());
    await deleteDeadShipments(tx, free);
    await deleteEvents(tx, await sentEvents(tx, free));
    return ids;
  });
}

/** export.requested: hands out the customer's orders, in parts. */
export async function exportCustomer({ db, wakeRelay }: CustomerDeps, event: ReceivedEvent): Promise<void> {
  const { customerId, exportId } = event.payload as { customerId: string; exportId: string };
  const pages: Record<string, unknown>[][] = [];
  for (let beforeId: string | undefined; ; ) {
    const page = await listOrders(db, { customerId, ...(beforeId && { beforeId }) }, ordersAPart);
    if (page.length > 0 || pages.length === 0) pages.push(page.map(viewOf));
    if (page.length < ordersAPart) break;
    beforeId = page.at(-1)!.id;
  }
  await inTransaction(db, async (tx) => {
    if (!(await firstTime(tx, 'orders', event.id))) return;
    for (const [i, orders] of pages.entries()) {
      const place = { service: 'orders', part: i + 1, parts: pages.length };
      const payload = { customerId, exportId, ...place, data: { orders } };
      await enqueue(tx, [{ type: 'export.completed', subject: customerId, version: i + 1, payload }]);
    }
  });
  wakeRelay();
}
