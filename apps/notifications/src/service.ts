/** Notifications: one mail for each event that a buyer or the owner of an account wants to hear of. */
import { auditRoutes } from '@souk/back-office/audit-routes';
import { deadEventRoutes } from '@souk/back-office/dead-event-routes';
import { reapKeys } from '@souk/kit/idempotency';
import { startPeriodicWork } from '@souk/kit/periodic-work';
import type { BuiltService, ServiceDefinition } from '@souk/kit/service';
import joi from 'joi';
import { deliverMail } from './deliver-mail.ts';
import { eraseCustomer, exportCustomer } from './forget-customer.ts';
import { deleteOldMails } from './mail-store.ts';
import { sendDueMails } from './send-due-mails.ts';
import type { MailConfig, MailDeps } from './send-mail.ts';

const lookEveryMs = 1_000;
const reapEveryMs = 3_600_000;

export const notifications: ServiceDefinition<MailConfig> = {
  name: 'notifications',
  config: {
    SHOP_ORIGIN: joi
      .string()
      .pattern(/^https?:\/\/[^/?#\s]+$/)
      .default('http://127.0.0.1:8080'),
  },
  hasDatabase: true,
  secrets: [],
  build(deps) {
    const events: BuiltService['events'] = {
      'order.confirmed': (event) => deliverMail(deps, event),
      'order.cancelled': (event) => deliverMail(deps, event),
      'order.dispatched': (event) => deliverMail(deps, event),
      'order.delivered': (event) => deliverMail(deps, event),
      'order.refunded': (event) => deliverMail(deps, event),
      'account-link.requested': (event) => deliverMail(deps, event),
      'customer.erased': (event) => eraseCustomer(deps, event),
      'export.requested': (event) => exportCustomer(deps, event),
    };
    return {
      routes: [...deadEventRoutes('notifications', events, deps), ...auditRoutes('notifications', deps)],
      events,
      start: () => startUpkeep(deps),
    };
  },
};

function startUpkeep(deps: MailDeps): { stop(): Promise<void> } {
  const { log, db } = deps;
  const reap = async () => {
    await deleteOldMails(db);
    await reapKeys(db);
  };
  const running = [
    startPeriodicWork({ name: 'send-due-mails', everyMs: lookEveryMs, log, work: () => sendDueMails(deps) }),
    startPeriodicWork({ name: 'delete-old-mails', everyMs: reapEveryMs, log, work: reap }),
  ];
  return {
    async stop() {
      await Promise.all(running.map((work) => work.stop()));
    },
  };
}
