/** Notifications: one mail for each event that a buyer wants to hear of. */
import { startPeriodicWork } from '@souk/kit/periodic-work';
import type { ServiceDefinition } from '@souk/kit/service';
import { deliverMail } from './deliver-mail.ts';
import { deleteOldMails } from './mail-store.ts';
import { sendDueMails } from './send-due-mails.ts';

const lookEveryMs = 1_000;
const reapEveryMs = 3_600_000;

export const notifications: ServiceDefinition = {
  name: 'notifications',
  hasDatabase: true,
  secrets: [],
  build: (deps) => ({
    routes: [],
    events: {
      'order.confirmed': (event) => deliverMail(deps, event),
      'order.cancelled': (event) => deliverMail(deps, event),
    },
    start() {
      const { log } = deps;
      const running = [
        startPeriodicWork({
          name: 'send-due-mails',
          everyMs: lookEveryMs,
          log,
          work: () => sendDueMails(deps),
        }),
        startPeriodicWork({
          name: 'delete-old-mails',
          everyMs: reapEveryMs,
          log,
          work: () => deleteOldMails(deps.db),
        }),
      ];
      return {
        async stop() {
          await Promise.all(running.map((work) => work.stop()));
        },
      };
    },
  }),
};
