/** What was not sent at once: after a crash, or while the mail server was away. */

import { claimMail, dueMails } from './mail-store.ts';
import { type MailDeps, sendMail } from './send-mail.ts';

const batchSize = 20;

/** Sends up to 20 overdue mails, one after another; answers how many it tried. Several processes may do it at once. */
export async function sendDueMails(deps: MailDeps): Promise<number> {
  let count = 0;
  for (const mail of await dueMails(deps.db, batchSize)) {
    if (!(await claimMail(deps.db, mail))) continue;
    await sendMail(deps, { ...mail, attempts: mail.attempts + 1 });
    count += 1;
  }
  return count;
}
