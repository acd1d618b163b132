/** One attempt to send a mail that this process has claimed. */
import { crashPoint } from '@souk/kit/crash-point';
import type { Deps } from '@souk/kit/service';
import { type ClaimedMail, markFailed, markSent } from './mail-store.ts';

/** With growing pauses about an hour and a half; by then a person must look. */
const maxAttempts = 15;

/** Sends and notes it. If the sending fails, the mail stays pending and comes back when it is due; nothing is thrown. */
export async function sendMail(
  { db, dapr, log }: Pick<Deps, 'db' | 'dapr' | 'log'>,
  mail: ClaimedMail,
): Promise<void> {
  const { id, orderId, eventId, recipient, subject, body } = mail;
  try {
    await dapr.bind('mail', 'create', body, { emailTo: recipient, subject });
  } catch (error) {
    log.warn('mail.not-sent', { orderId, eventId, attempt: mail.attempts, reason: (error as Error).message });
    if (mail.attempts < maxAttempts) return;
    await markFailed(db, id);
    log.error('mail.failed', { orderId, eventId, messageId: id });
    return;
  }
  crashPoint('notifications.send.after-send');
  await markSent(db, id);
  crashPoint('notifications.send.after-commit');
  log.info('mail.sent', { orderId, eventId, messageId: id });
}
