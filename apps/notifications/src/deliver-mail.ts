/** An event of an order becomes one mail: first the row, which is the claim, then the sending. */
import { crashPoint } from '@souk/kit/crash-point';
import type { ReceivedEvent } from '@souk/kit/dapr-subscribe';
import type { Deps } from '@souk/kit/service';
import { insertMail, type Mail } from './mail-store.ts';
import { cancellationMail, confirmationMail, type OrderFacts } from './order-mail.ts';
import { sendMail } from './send-mail.ts';

/**
 * Writes and sends the mail of an event. A second delivery does nothing. If the process dies on the way, the mail is
 * sent when it is due: then it may come twice, with the same reference.
 */
export async function deliverMail(
  deps: Pick<Deps, 'db' | 'dapr' | 'log' | 'newId'>,
  event: ReceivedEvent,
): Promise<void> {
  const mail = mailOf(event, deps.newId());
  crashPoint('notifications.record.before-commit');
  if (!(await insertMail(deps.db, mail))) return;
  crashPoint('notifications.record.after-commit');
  await sendMail(deps, { ...mail, attempts: 1 });
}

function mailOf({ id: eventId, type, payload }: ReceivedEvent, id: string): Mail {
  const order: OrderFacts = payload;
  const confirmed = type === 'order.confirmed';
  const { subject, body } = (confirmed ? confirmationMail : cancellationMail)(order, eventId);
  return {
    ...{ id, eventId, subject, body },
    orderId: order.orderId,
    kind: confirmed ? 'confirmation' : 'cancellation',
    recipient: singleRecipient(order.email),
  };
}

/** The binding takes lists of addresses and writes them into a header: one address, and nothing that could be more. */
function singleRecipient(email: string): string {
  if (!/^[^\s;,<>"()[\]\\:]{1,64}@[^\s;,<>"()[\]\\:]{1,189}$/.test(email)) {
    throw new Error('not an address that one mail can go to');
  }
  return email;
}
