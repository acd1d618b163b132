/** SQL of what orders knows about a customer: what has ended, and how it is forgotten. */
import type { Executor, Transaction } from '@souk/kit/db';
import { finalStates } from './order.ts';

/** Ids of a customer's ended orders after `afterId`; nobody else changes them before the transaction ends. */
export async function lockEnded(
  tx: Transaction,
  { customerId, afterId, limit }: { customerId: string; afterId: string; limit: number },
): Promise<string[]> {
  const rows = await tx('orders')
    .select('id')
    .where({ customer_id: customerId })
    .andWhere('id', '>', afterId)
    .whereIn('state', finalStates)
    .orderBy('id')
    .limit(limit)
    .forUpdate();
  return rows.map(({ id }) => id);
}

/** Which of these subjects have events that are still to be sent. */
export async function subjectsToSend(db: Executor, subjects: string[]): Promise<Set<string>> {
  const rows = await db('outbox').distinct('subject').whereNull('sent_at').whereIn('subject', subjects);
  return new Set(rows.map(({ subject }) => subject));
}

/** Forgets who ordered and where the parcel went: quote, lines, names of articles and numbers stay, and with the quote the country. */
export async function forgetOrders(tx: Transaction, ids: string[], now: Date): Promise<void> {
  await tx('orders')
    .whereIn('id', ids)
    .update({
      customer_id: null,
      email: null,
      delivery: tx.raw("JSON_REMOVE(delivery, '$.email', '$.address', '$.billingAddress')"),
      payment: tx.raw("JSON_REMOVE(payment, '$.token', '$.returnUrl')"),
      action_url: null,
      carrier: null,
      tracking_number: null,
      erased_at: now,
    });
  await tx('idempotency_keys').whereIn('subject_id', ids).delete();
}

/** Ids of events about these subjects that were sent; read without locks, for the outbox is long. */
export async function sentEvents(db: Executor, subjects: string[]): Promise<string[]> {
  const rows = await db('outbox')
    .select('id')
    .whereIn('subject', subjects)
    .whereNotNull('sent_at')
    .limit(5_000);
  return rows.map(({ id }) => id);
}

export async function deleteEvents(db: Executor, ids: string[]): Promise<void> {
  await db('outbox').whereIn('id', ids).delete();
}

/** Deletes events about the parcels of these orders, which have ended, that could not be applied: they say how it went. */
export async function deleteDeadShipments(tx: Transaction, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx('dead_events')
    .whereIn('topic', ['shipment.dispatched', 'shipment.delivered'])
    .where((row) => {
      for (const id of ids) row.orWhere('event', 'like', `%"${id}"%`);
    })
    .delete();
}

/** How many orders still belong to this customer. */
export async function countOrders(db: Executor, customerId: string): Promise<number> {
  const row = await db('orders').count({ count: 'id' }).where({ customer_id: customerId }).first();
  return Number(row?.count ?? 0);
}
