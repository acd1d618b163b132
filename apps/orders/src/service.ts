/** Orders: placing, and an order's life; what it is built of. */
import type { ServiceDefinition } from '@souk/kit/service';
import { hearPaymentMoved, hearPaymentOutcome } from './hear-payments.ts';
import { routes } from './routes.ts';

export const orders: ServiceDefinition = {
  name: 'orders',
  hasDatabase: true,
  secrets: ['order-token-key'],
  build: (deps) => ({
    routes: routes(deps),
    events: {
      'payment.authorised': (event) => hearPaymentOutcome(deps, event),
      'payment.declined': (event) => hearPaymentOutcome(deps, event),
      'payment.captured': (event) => hearPaymentMoved(deps, event, 'captured'),
      'payment.refunded': (event) => hearPaymentMoved(deps, event, 'refunded'),
    },
  }),
};
