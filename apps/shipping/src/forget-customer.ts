/** Forgets a customer: names and addresses of what has ended; what is under way is counted, and asked for again later. */
import type { ReceivedEvent } from '@souk/kit/dapr-subscribe';
import { inTransaction } from '@souk/kit/db';
import { firstTime } from '@souk/kit/inbox';
import { enqueue } from '@souk/kit/outbox';
import type { Deps } from '@souk/kit/service';
import { forgetDeadEvents, forgetExports, forgetShipments } from './customer-store.ts';

/** Answers by `erasure.completed` with the number of shipments that must be kept for now. */
export async function forgetCustomer(
  { db, log, wakeRelay }: Pick<Deps, 'db' | 'log' | 'wakeRelay'>,
  event: ReceivedEvent,
): Promise<void> {
  const { customerId, round = 1 } = event.payload;
  await inTransaction(db, async (tx) => {
    if (!(await firstTime(tx, 'forget-customer', event.id))) return;
    const underWay = await forgetShipments(tx, customerId);
    const openCount = underWay + (await forgetDeadEvents(tx, customerId));
    await forgetExports(tx, customerId);
    const payload = { customerId, round, service: 'shipping', openCount };
    await enqueue(tx, [{ type: 'erasure.completed', subject: customerId, version: round, payload }]);
  });
  wakeRelay();
  log.info('customer.forgotten', { count: round });
}
