/** SQL of dead events: what a handler refused for 10 s is kept, so that staff can look at it and send it again. */
import type { ReceivedEvent } from './dapr-subscribe.ts';
import type { Database, Transaction } from './db.ts';

/** A dead event as it is kept, in whatever store. */
export interface KeptEvent {
  id: string;
  topic: string;
  /** `{id, type, at, subject, version, payload}` as JSON text; of a strange event, what there was. */
  event: string;
  reason: string;
  traceId: string | null;
}

/** What is kept of an event, whatever it is: being strange may be why it is dead. */
export function keptEventOf(event: ReceivedEvent, reason: string): KeptEvent {
  const { traceparent, ...data } = event;
  return {
    id: String(event.id).slice(0, 26),
    topic: String(event.type).slice(0, 64),
    event: JSON.stringify(data),
    reason,
    traceId: traceparent?.split('-')[1] ?? null,
  };
}

/** Keeps a dead event once, however often its letter is delivered. */
export async function storeDeadEvent(db: Database, event: ReceivedEvent, reason: string): Promise<void> {
  const { traceId, ...kept } = keptEventOf(event, reason);
  await db('dead_events')
    .insert({ ...kept, trace_id: traceId })
    .onConflict('id')
    .ignore();
}

/** Deletes dead events that name `id` anywhere, for the erasure of a customer; answers how many. */
export async function deleteDeadEventsNaming(tx: Transaction, id: string): Promise<number> {
  return tx('dead_events').where('event', 'like', `%"${id}"%`).delete();
}
