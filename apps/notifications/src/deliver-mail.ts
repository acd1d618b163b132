/** An event becomes one mail: first the row, which is the claim, then the sending. */
import type { EventType } from '@souk/contracts/events';
import { crashPoint } from '@souk/kit/crash-point';
import type { ReceivedEvent } from '@souk/kit/dapr-subscribe';
import { insertMail, type Mail, type OrderMailKind } from './mail-store.ts';
import { cancellationMail, confirmationMail, deliveryMail, dispatchMail, refundMail } from './order-mail.ts';
import { type MailDeps, sendMail } from './send-mail.ts';
import { singleRecipient, type WrittenMail } from './written-mail.ts';

interface Template {
  kind: OrderMailKind;
  // biome-ignore lint/suspicious/noExplicitAny: the payload's shape is the event table's, by type
  write(payload: any, eventId: string): WrittenMail;
}

const templates: Readonly<Partial<Record<EventType, Template>>> = Object.freeze({
  'order.confirmed': { kind: 'confirmation', write: confirmationMail },
  'order.cancelled': { kind: 'cancellation', write: cancellationMail },
  'order.dispatched': { kind: 'dispatch', write: dispatchMail },
  'order.delivered': { kind: 'delivery', write: deliveryMail },
  'order.refunded': { kind: 'refund', write: refundMail },
});

/**
 * Writes and sends the mail of an event. A second delivery does nothing. If the process dies on the way, the mail is
 * sent when it is due: then it may come twice, with the same reference.
 */
export async function deliverMail(deps: MailDeps, event: ReceivedEvent): Promise<void> {
  const mail = event.type === 'account-link.requested' ? linkMailOf(deps, event) : orderMailOf(deps, event);
  crashPoint('notifications.record.before-commit');
  if (!(await insertMail(deps.db, mail))) return;
  crashPoint('notifications.record.after-commit');
  await sendMail(deps, { ...mail, attempts: 1 });
}

function orderMailOf({ newId }: MailDeps, { id: eventId, type, payload }: ReceivedEvent): Mail {
  const template = templates[type];
  if (!template) throw new Error(`no mail is written of ${type}`);
  return {
    ...{ id: newId(), eventId, requestId: null, orderId: payload.orderId },
    customerId: payload.customerId ?? null,
    kind: template.kind,
    recipient: singleRecipient(payload.email),
    ...template.write(payload, eventId),
  };
}

/** Whom to write to and what, identity says when it is sent: nothing of it is kept here. */
function linkMailOf({ newId }: MailDeps, { id: eventId, payload }: ReceivedEvent): Mail {
  const { requestId } = payload as { requestId: string };
  const nothing = { orderId: null, customerId: null, recipient: null, subject: null, body: null };
  return { id: newId(), eventId, kind: 'account-link', requestId, ...nothing };
}
