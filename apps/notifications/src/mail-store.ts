/** All SQL on mails. A mail that nobody has sent by `due_at` is anybody's to send. */
import { type Database, isDuplicate } from '@souk/kit/db';

export interface Mail {
  id: string;
  eventId: string;
  orderId: string;
  kind: 'confirmation' | 'cancellation';
  recipient: string;
  subject: string;
  /** HTML. */
  body: string;
}

/** A mail to be sent, and how often that has been begun, this time included. */
export interface ClaimedMail extends Mail {
  attempts: number;
}

/** How long one process may take over a sending; longer than the deadline of the binding (5 s). */
const leaseSeconds = 6;
const maxPauseSeconds = 600;

const columns = [
  'id',
  'event_id as eventId',
  'order_id as orderId',
  'kind',
  'recipient',
  'subject',
  'body',
  'attempts',
] as const;

/** Writes a mail that its caller sends at once; false if this event has its mail already. */
export async function insertMail(db: Database, mail: Mail): Promise<boolean> {
  try {
    await db('mails').insert({
      id: mail.id,
      event_id: mail.eventId,
      order_id: mail.orderId,
      kind: mail.kind,
      recipient: mail.recipient,
      subject: mail.subject,
      body: mail.body,
      due_at: db.raw('UTC_TIMESTAMP(6) + INTERVAL ? SECOND', [leaseSeconds]),
    });
    return true;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
}

/** Mails that should have gone by now, the longest overdue first. */
export async function dueMails(db: Database, limit: number): Promise<ClaimedMail[]> {
  return db('mails')
    .select(columns)
    .where({ state: 'pending' })
    .andWhere('due_at', '<=', db.raw('UTC_TIMESTAMP(6)'))
    .orderBy('due_at')
    .limit(limit);
}

/** Takes an overdue mail for another attempt; false if another process did. Pauses grow from 6 s to 10 min. */
export async function claimMail(db: Database, { id, attempts }: ClaimedMail): Promise<boolean> {
  const pauseSeconds = Math.min(leaseSeconds * 2 ** attempts, maxPauseSeconds);
  const claimed = await db('mails')
    .where({ id, attempts, state: 'pending' })
    .update({
      attempts: attempts + 1,
      due_at: db.raw('UTC_TIMESTAMP(6) + INTERVAL ? SECOND', [pauseSeconds]),
    });
  return claimed === 1;
}

/** Notes that a mail has gone; its text is no longer needed. */
export async function markSent(db: Database, id: string): Promise<void> {
  await db('mails')
    .where({ id })
    .update({ state: 'sent', sent_at: db.raw('UTC_TIMESTAMP(6)'), body: null });
}

/** Notes that a mail will never go. */
export async function markFailed(db: Database, id: string): Promise<void> {
  await db('mails').where({ id, state: 'pending' }).update({ state: 'failed' });
}

/** Deletes what was sent more than 30 days ago, in bounded batches; events are not delivered again that late. */
export async function deleteOldMails(db: Database): Promise<void> {
  await db.raw(
    "DELETE FROM mails WHERE state = 'sent' AND due_at < UTC_TIMESTAMP(6) - INTERVAL 30 DAY LIMIT 1000",
  );
}
