/** Shipping: one shipment an order, from the shelf to the door. */
import { auditRoutes } from '@souk/back-office/audit-routes';
import { deadEventRoutes } from '@souk/back-office/dead-event-routes';
import type { ReceivedEvent } from '@souk/kit/dapr-subscribe';
import { reapKeys } from '@souk/kit/idempotency';
import { startPeriodicWork } from '@souk/kit/periodic-work';
import type { ServiceDefinition } from '@souk/kit/service';
import { exportCustomer } from './export-customer.ts';
import { forgetCustomer } from './forget-customer.ts';
import { openShipment } from './open-shipment.ts';
import { shippingRoutes } from './routes.ts';

const reapEveryMs = 600_000;

export const shipping: ServiceDefinition = {
  name: 'shipping',
  hasDatabase: true,
  secrets: [],
  build: (deps) => {
    const events = {
      'order.confirmed': (event: ReceivedEvent) => openShipment(deps, event),
      'customer.erased': (event: ReceivedEvent) => forgetCustomer(deps, event),
      'export.requested': (event: ReceivedEvent) => exportCustomer(deps, event),
    };
    const { db, log } = deps;
    return {
      routes: [
        ...shippingRoutes(deps),
        ...deadEventRoutes('shipping', events, deps),
        ...auditRoutes('shipping', deps),
      ],
      events,
      start: () =>
        startPeriodicWork({ name: 'reap-keys', everyMs: reapEveryMs, log, work: () => reapKeys(db) }),
    };
  },
};
