/** SQL that forgets a customer, wherever in this schema something is known of them. */
import type { Transaction } from '@souk/kit/db';

const atOnce = 1_000;

/** Forgets who got what has arrived or was stopped; answers how many shipments are still under way. */
export async function forgetShipments(tx: Transaction, customerId: string): Promise<number> {
  await tx('shipments')
    .where({ customer_id: customerId })
    .whereIn('state', ['delivered', 'cancelled'])
    .update({ customer_id: null, address: null });
  const [row] = await tx('shipments').where({ customer_id: customerId }).count({ n: '*' });
  return Number(row!.n);
}

/**
 * Forgets events that could not be applied and are no longer needed; answers how many are, because no shipment was made
 * of them yet.
 */
export async function forgetDeadEvents(tx: Transaction, customerId: string): Promise<number> {
  const rows = await tx('dead_events')
    .select('id', 'event')
    .where({ topic: 'order.confirmed' })
    .where('event', 'like', `%"customerId":"${customerId}"%`)
    .limit(atOnce);
  if (rows.length === 0) return 0;
  const orderOf = (event: string) => String(JSON.parse(event).payload?.orderId);
  const known = await tx('shipments')
    .select('order_id')
    .whereIn(
      'order_id',
      rows.map(({ event }) => orderOf(event)),
    );
  const done = new Set(known.map((row) => row.order_id));
  const useless = rows.filter(({ event }) => done.has(orderOf(event)));
  if (useless.length > 0) {
    await tx('dead_events')
      .whereIn(
        'id',
        useless.map(({ id }) => id),
      )
      .delete();
  }
  return rows.length - useless.length;
}

/** Forgets what was handed out about the customer; by id, so that no other row of the outbox is locked. */
export async function forgetExports(tx: Transaction, customerId: string): Promise<void> {
  const rows = await tx('outbox')
    .select('id')
    .where({ topic: 'export.completed', subject: customerId })
    .limit(atOnce);
  if (rows.length === 0) return;
  await tx('outbox')
    .whereIn(
      'id',
      rows.map(({ id }) => id),
    )
    .delete();
}
