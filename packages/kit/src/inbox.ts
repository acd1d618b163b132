/** The inbox: an event's effect and the note that it happened share a transaction, so a second delivery does nothing. */
import type { Transaction } from './db.ts';

/** True the first time that `consumer` meets this event; the INSERT is the claim, a rollback takes it back. */
export async function firstTime(tx: Transaction, consumer: string, eventId: string): Promise<boolean> {
  const [result] = await tx.raw('INSERT IGNORE INTO inbox (consumer, event_id) VALUES (?, ?)', [
    consumer,
    eventId,
  ]);
  return result.affectedRows === 1;
}
