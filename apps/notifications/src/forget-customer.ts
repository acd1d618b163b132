/** What a customer may ask of those who know something about them: to forget it, and to hand it out. */
import type { ReceivedEvent } from '@souk/kit/dapr-subscribe';
import { inTransaction } from '@souk/kit/db';
import { deleteDeadEventsNaming } from '@souk/kit/dead-event-store';
import { firstTime } from '@souk/kit/inbox';
import { enqueue } from '@souk/kit/outbox';
import type { Deps } from '@souk/kit/service';
import { forgetMailsOf, type MailRecord, mailsOf } from './mail-store.ts';
import { deleteExportsOf } from './outbox-store.ts';

type KeeperDeps = Pick<Deps, 'db' | 'wakeRelay'>;

const partSize = 100;
/** Mails are kept for 30 days: nobody has more of them. */
const maxMails = 5_000;

/** customer.erased: nothing personal is left, and nothing must be kept for later. */
export async function eraseCustomer(
  { db, wakeRelay }: KeeperDeps,
  { id, payload }: ReceivedEvent,
): Promise<void> {
  const { customerId, round } = payload;
  await inTransaction(db, async (tx) => {
    if (!(await firstTime(tx, 'erase-customer', id))) return;
    await forgetMailsOf(tx, customerId);
    await deleteDeadEventsNaming(tx, customerId);
    await deleteExportsOf(tx, customerId);
    const done = { customerId, round, service: 'notifications', openCount: 0 };
    await enqueue(tx, [{ type: 'erasure.completed', subject: customerId, version: round, payload: done }]);
  });
  wakeRelay();
}

/** export.requested: which mails there were and when, in parts of 100. */
export async function exportCustomer(
  { db, wakeRelay }: KeeperDeps,
  { id, payload }: ReceivedEvent,
): Promise<void> {
  const { customerId, exportId } = payload;
  await inTransaction(db, async (tx) => {
    if (!(await firstTime(tx, 'export-customer', id))) return;
    const mails = await mailsOf(tx, customerId, maxMails);
    const parts = Math.max(1, Math.ceil(mails.length / partSize));
    const numbered = Array.from({ length: parts }, (_, index) => index);
    await enqueue(
      tx,
      numbered.map((index) => ({
        type: 'export.completed',
        subject: customerId,
        version: 1,
        payload: {
          ...{ customerId, exportId, service: 'notifications', part: index + 1, parts },
          data: { mails: mails.slice(index * partSize, (index + 1) * partSize).map(exported) },
        },
      })),
    );
  });
  wakeRelay();
}

function exported({ kind, orderId, state, at, sentAt }: MailRecord) {
  return { kind, orderId, state, at: at.toISOString(), sentAt: sentAt?.toISOString() ?? null };
}
