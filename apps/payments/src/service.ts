// Promises payments as one value: what it needs, and how it is built from that.
import type { ReceivedEvent } from '@souk/kit/dapr-subscribe';
import type { Deps, ServiceDefinition } from '@souk/kit/service';
import joi from 'joi';
import { capturePayment } from './capture-payment.ts';
import type { PaymentsProvider } from './payments-provider.ts';
import { paymentsRoutes } from './routes.ts';
import { createSimulatorProvider } from './simulator-provider.ts';

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
  return {
    routes: paymentsRoutes(own),
    events: {
      'shipment.dispatched': async ({ payload }: ReceivedEvent) => {
        await capturePayment(own, String(payload.orderId));
      },
    },
  };
}

// While the webhook secret is rotated, the secret holds both: the new one, a comma, the old one.
function simulatorOf({ config, secrets, now }: Deps<PaymentsConfig>): PaymentsProvider {
  return createSimulatorProvider({
    url: config.PSP_URL,
    apiKey: secrets['psp-api-key'] ?? '',
    webhookSecrets: (secrets['psp-webhook-secret'] ?? '').split(',').filter((secret) => secret !== ''),
    now,
  });
}
