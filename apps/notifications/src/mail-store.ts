/** All SQL on mails. A mail that nobody has sent by `due_at` is anybody's to send. */
import { type Database, isDuplicate, type Transaction } from '@souk/kit/db';
import type { LinkKind } from './account-mail.ts';

export type OrderMailKind = 'confirmation' | 'cancellation' | 'dispatch' | 'delivery' | 'refund';

/** A mail whose text is kept until it has gone. */
export interface OrderMail {
  id: string;
  eventId: string;
  kind: OrderMailKind;
  orderId: string;
  /** Null for a guest. */
  customerId: string | null;
  requestId: null;
  recipient: string;
  subject: string;
  /** HTML. */
  body: string;
}

/** A mail of which nothing is kept but by which request identity knows it. */
export interface LinkMail {
  id: string;
  eventId: string;
  kind: 'account-link';
  orderId: null;
  customerId: null;
  requestId: string;
  recipient: null;
  subject: null;
  body: null;
}

export type Mail = OrderMail | LinkMail;

/** A mail to be sent, and how often that has been begun, this time included. */
export type ClaimedMail = Mail & { attempts: number };

/** How long one process may take over a sending; longer than those of identity (1 s), of waiting (1 s) and of the binding (5 s). */
const leaseSeconds = 8;
const maxPauseSeconds = 600;

const columns = [
  'id',
  'event_id as eventId',
  'kind',
  'order_id as orderId',
  'customer_id as customerId',
  'request_id as requestId',
  'recipient',
  'subject',
  'body',
  'attempts',
] as const;

/** What must not be kept longer than it is needed. */
const nothingPersonal = { recipient: null, subject: null, body: null };

/** Writes a mail that its caller sends at once; false if this event has its mail already. */
export async function insertMail(db: Database, mail: Mail): Promise<boolean> {
  try {
    await db('mails').insert({
      id: mail.id,
      event_id: mail.eventId,
      kind: mail.kind,
      order_id: mail.orderId,
      customer_id: mail.customerId,
      request_id: mail.requestId,
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

/** Takes an overdue mail for another attempt; false if another process did. Pauses grow from 16 s to 10 min. */
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

/** Notes that a mail has gone; what it said, and to whom, is no longer needed. */
export async function markSent(db: Database, id: string, kind: OrderMailKind | LinkKind): Promise<void> {
  await db('mails')
    .where({ id, state: 'pending' })
    .update({ ...nothingPersonal, kind, state: 'sent', sent_at: db.raw('UTC_TIMESTAMP(6)') });
}

/** Notes that nobody waits for this mail any more. */
export async function markEnded(db: Database, id: string): Promise<void> {
  await db('mails')
    .where({ id, state: 'pending' })
    .update({ ...nothingPersonal, state: 'ended' });
}

/** Notes that a mail will never go; a person may still read what it said. */
export async function markFailed(db: Database, id: string): Promise<void> {
  await db('mails').where({ id, state: 'pending' }).update({ state: 'failed' });
}

/** Deletes what is done with for 30 days, in bounded batches; events are not delivered again that late. */
export async function deleteOldMails(db: Database): Promise<void> {
  await db.raw(
    `DELETE FROM mails WHERE state IN ('sent', 'ended') AND due_at < UTC_TIMESTAMP(6) - INTERVAL 30 DAY
    LIMIT 1000`,
  );
}

/**
 * Leaves nothing personal in a customer's mails, and none that could still be sent. The rows stay, without a name: they
 * are the memory of events that may be delivered again.
 */
export async function forgetMailsOf(tx: Transaction, customerId: string): Promise<void> {
  await tx('mails')
    .where({ customer_id: customerId })
    .whereIn('state', ['pending', 'failed'])
    .update({ ...nothingPersonal, state: 'ended' });
  await tx('mails').where({ customer_id: customerId }).update({ customer_id: null });
}

/** A mail as its reader may be told of it. */
export interface MailRecord {
  kind: string;
  orderId: string;
  state: string;
  at: Date;
  sentAt: Date | null;
}

/** A customer's mails, oldest first. */
export async function mailsOf(tx: Transaction, customerId: string, limit: number): Promise<MailRecord[]> {
  return tx('mails')
    .select('kind', 'order_id as orderId', 'state', 'created_at as at', 'sent_at as sentAt')
    .where({ customer_id: customerId })
    .orderBy('id')
    .limit(limit);
}
