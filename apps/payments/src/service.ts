// Promises payments as one value: what it needs, and how it is built from that.
import { auditRoutes } from '@souk/back-office/audit-routes';
import { deadEventRoutes } from '@souk/back-office/dead-event-routes';
import type { ReceivedEvent } from '@souk/kit/dapr-subscribe';
import { reapKeys } from '@souk/kit/idempotency';
import { startPeriodicWork } from '@souk/kit/periodic-work';
import type { Deps, ServiceDefinition } from '@souk/kit/service';
import joi from 'joi';
import { answerErasure, answerExport } from './answer-customer.ts';
import { capturePayment } from './capture-payment.ts';
import type { PaymentsProvider } from './payments-provider.ts';
import { paymentsRoutes } from './routes.ts';
import { createSimulatorProvider } from './simulator-provider.ts';
import { staffRoutes } from './staff-routes.ts';

const reapEveryMs = 600_000;

export interface PaymentsConfig {
  /** Where the payment provider listens. */
  PSP_URL: string;
}

export const payments: ServiceDefinition<PaymentsConfig> = {
  name: 'payments',
  config: { PSP_URL: joi.string().uri().default('http://127.0.0.1:12600') },
  hasDatabase: true,
  secrets: ['psp-api-key', 'psp-webhook-secret'],
  build: (deps) => buildPayments(deps, simulatorOf(deps)),
};

/** The service over any provider; tests hand in their own. */
export function buildPayments(deps: Deps<PaymentsConfig>, provider: PaymentsProvider) {
  const own = { ...deps, provider };
  const { db, log } = deps;
  const events = {
    'shipment.dispatched': async ({ payload }: ReceivedEvent) => {
      await capturePayment(own, String(payload.orderId));
    },
    'customer.erased': (event: ReceivedEvent) => answerErasure(deps, event),
    'export.requested': (event: ReceivedEvent) => answerExport(deps, event),
  };
  return {
    routes: [
      ...paymentsRoutes(own),
      ...deadEventRoutes('payments', events, deps),
      ...auditRoutes('payments', deps),
      // Last: /admin/payments/{orderId} would take the fixed paths above for an order.
      ...staffRoutes(deps),
    ],
    events,
    start: () =>
      startPeriodicWork({ name: 'reap-keys', everyMs: reapEveryMs, log, work: () => reapKeys(db) }),
  };
}

/** What a secret holds: one value, or while it is rotated the new one, a comma, and the old one. */
export function valuesOf(secret: string | undefined): string[] {
  const values = (secret ?? '').split(',').map((value) => value.trim());
  return values.filter((value) => value !== '');
}

// Their requests are signed by whichever secret they have by now; ours carry the new key.
function simulatorOf({ config, secrets, now }: Deps<PaymentsConfig>): PaymentsProvider {
  return createSimulatorProvider({
    url: config.PSP_URL,
    apiKey: valuesOf(secrets['psp-api-key'])[0] ?? '',
    webhookSecrets: valuesOf(secrets['psp-webhook-secret']),
    now,
  });
}
