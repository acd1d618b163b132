// Promises all SQL over the provider's events: each is noted once, those that nobody knows yet wait.
import type { Database, Executor } from '@souk/kit/db';
import type { Outcome, ProviderEvent } from './payments-provider.ts';

/** An event about a payment that we do not know (yet). */
export interface WaitingEvent {
  event: ProviderEvent;
  attempts: number;
  createdAt: Date;
}

/** Notes an event; false if it was noted before. `dueAt` is set for one that has to wait for its payment. */
export async function noteEvent(db: Executor, event: ProviderEvent, dueAt: Date | null): Promise<boolean> {
  const outcome = dueAt ? JSON.stringify(event.outcome) : null;
  const [result] = await db.raw(
    'INSERT IGNORE INTO provider_events (event_id, order_id, type, state, outcome, due_at) VALUES (?, ?, ?, ?, ?, ?)',
    [event.id, event.orderId, event.type, dueAt ? 'waiting' : 'done', outcome, dueAt] as never,
  );
  return result.affectedRows === 1;
}

/** Waiting events whose payment is to be looked for again. */
export async function dueEvents(db: Executor, now: Date, limit: number): Promise<WaitingEvent[]> {
  const rows = await db('provider_events')
    .select('event_id', 'order_id', 'type', 'outcome', 'attempts', 'created_at')
    .where('due_at', '<=', now)
    .orderBy('due_at')
    .limit(limit);
  return rows.map((row) => ({
    event: {
      id: row.event_id,
      type: row.type,
      orderId: row.order_id,
      outcome: JSON.parse(row.outcome) as Outcome | null,
    },
    attempts: row.attempts,
    createdAt: row.created_at,
  }));
}

/** Ends the waiting; false if it had ended before. */
export async function endWaiting(
  db: Executor,
  eventId: string,
  state: 'done' | 'abandoned',
): Promise<boolean> {
  const ended = await db('provider_events')
    .where({ event_id: eventId, state: 'waiting' })
    .update({ state, outcome: null, due_at: null });
  return ended === 1;
}

export async function postponeEvent(
  db: Executor,
  { event, attempts }: WaitingEvent,
  dueAt: Date,
): Promise<void> {
  await db('provider_events')
    .where({ event_id: event.id, state: 'waiting' })
    .update({ attempts: attempts + 1, due_at: dueAt });
}

/** Forgets events older than 30 days, a bounded number at a time. */
export async function forgetOldEvents(db: Database): Promise<void> {
  await db.raw(
    'DELETE FROM provider_events WHERE created_at < UTC_TIMESTAMP(6) - INTERVAL 30 DAY LIMIT 1000',
  );
}
