/** The outbox: an event becomes a row in the same transaction as its cause, so neither exists without the other. */
import type { EventType } from '@souk/contracts/events';
import type { Transaction } from './db.ts';
import { newId } from './identifier.ts';
import { currentTraceparent } from './trace.ts';

/** An event as a service writes it. */
export interface OutgoingEvent {
  type: EventType;
  /** The id of what it is about, e.g. an order id or a SKU. */
  subject: string;
  /** The row version of that aggregate after the change. */
  version: number;
  payload: Record<string, unknown>;
}

/** A row as the relay sends it. */
export interface OutboxRow {
  id: string;
  topic: string;
  /** `{id, type, at, subject, version, payload}` as JSON text. */
  data: string;
  traceparent: string | null;
}

/** Adds events in one statement. The relay must be woken after the commit (`relay.wake()`). */
export async function enqueue(tx: Transaction, events: OutgoingEvent[]): Promise<void> {
  if (events.length === 0) return;
  const traceparent = currentTraceparent() ?? null;
  const rows = events.map(({ type, subject, version, payload }) => {
    const id = newId();
    const data = { id, type, at: new Date().toISOString(), subject, version, payload };
    return { id, topic: type, subject, data: JSON.stringify(data), traceparent };
  });
  await tx('outbox').insert(rows);
}
