/** One attempt to send a mail that this process has claimed. */
import { createAdmission } from '@souk/kit/admission';
import { crashPoint } from '@souk/kit/crash-point';
import { isRefusal } from '@souk/kit/problem';
import type { Deps } from '@souk/kit/service';
import { type AccountLink, accountMail, type LinkKind } from './account-mail.ts';
import { type ClaimedMail, markEnded, markFailed, markSent, type OrderMailKind } from './mail-store.ts';
import { singleRecipient } from './written-mail.ts';

export interface MailConfig {
  /** Where people find the shop, without a slash at the end. */
  SHOP_ORIGIN: string;
}

export type MailDeps = Pick<Deps<MailConfig>, 'db' | 'dapr' | 'log' | 'newId' | 'now' | 'config'>;

/** With growing pauses about an hour and three quarters; by then a person must look. */
const maxAttempts = 15;
const identityTimeoutMs = 1_000;
/**
 * Dapr 1.18.2 keeps recipient and subject of a mail where the next one finds them: two at once, and somebody gets another's
 * mail. Who waits for more than a second is sent when it is due.
 */
const oneAtATime = createAdmission({ atOnce: 1, maxWaiting: 200, maxWaitMs: 1_000 });

/** A mail with all that the binding needs. */
interface Ready {
  kind: OrderMailKind | LinkKind;
  recipient: string;
  subject: string;
  body: string;
}

/** Sends and notes it. If that fails, the mail stays pending and comes back when it is due; nothing is thrown. */
export async function sendMail(deps: MailDeps, mail: ClaimedMail): Promise<void> {
  const { db, dapr, log } = deps;
  const { id, orderId, eventId } = mail;
  const about = { eventId, ...(orderId && { orderId }) };
  let ready: Ready | undefined;
  try {
    ready = mail.kind === 'account-link' ? await readLink(deps, mail) : mail;
    if (ready) {
      const { recipient, subject, body } = ready;
      const send = () => dapr.bind('mail', 'create', body, { emailTo: recipient, subject });
      await oneAtATime.admit(send);
    }
  } catch (error) {
    log.warn('mail.not-sent', { ...about, attempt: mail.attempts, reason: (error as Error).message });
    if (mail.attempts < maxAttempts) return;
    await markFailed(db, id);
    log.error('mail.failed', { ...about, messageId: id });
    return;
  }
  if (!ready) {
    await markEnded(db, id);
    log.info('mail.ended', { ...about, messageId: id });
    return;
  }
  crashPoint('notifications.send.after-send');
  await markSent(db, id, ready.kind);
  crashPoint('notifications.send.after-commit');
  log.info('mail.sent', { ...about, messageId: id });
}

/** Asks identity what to write and to whom; undefined if the link has been used, has expired, or is nobody's any more. */
async function readLink(
  { dapr, now, config }: MailDeps,
  { requestId, eventId }: { requestId: string; eventId: string },
): Promise<Ready | undefined> {
  try {
    const link = await dapr.invoke<AccountLink>({
      app: 'identity',
      method: 'GET',
      path: `/internal/account-links/${requestId}`,
      timeoutMs: identityTimeoutMs,
    });
    if (Date.parse(link.expiresAt) <= now().getTime()) return undefined;
    const page = accountMail(link, { origin: config.SHOP_ORIGIN, eventId });
    return { kind: link.kind, recipient: singleRecipient(link.email), ...page };
  } catch (error) {
    if (isRefusal(error, 'not-found')) return undefined;
    throw error;
  }
}
