/** SQL of dead events: what a handler refused for 10 s is kept, so that staff can look at it and send it again. */
import type { ReceivedEvent } from './dapr-subscribe.ts';
import type { Database } from './db.ts';

/** Keeps a dead event once, however often its letter is delivered. */
export async function storeDeadEvent(db: Database, event: ReceivedEvent): Promise<void> {
  const { traceparent, ...data } = event;
  await db('dead_events')
    .insert({
      id: String(event.id).slice(0, 26),
      topic: String(event.type).slice(0, 64),
      event: JSON.stringify(data),
      reason: 'refused until the retries ran out',
      trace_id: traceparent?.split('-')[1] ?? null,
    })
    .onConflict('id')
    .ignore();
}
