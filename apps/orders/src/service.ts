/** Orders: placing, and an order's life; what it is built of. */
import { watchRows } from '@souk/kit/row-watch';
import type { BuiltService, Deps, ServiceDefinition } from '@souk/kit/service';
import { exportCustomer, forgetCustomer } from './customer-data.ts';
import { hearCaptured, hearPaymentOutcome, hearRefunded } from './hear-payments.ts';
import { hearShipment } from './hear-shipments.ts';
import { readMoves } from './history-store.ts';
import { type OrdersConfig, routes, settings } from './routes.ts';

export const orders: ServiceDefinition<OrdersConfig> = {
  name: 'orders',
  hasDatabase: true,
  config: settings,
  secrets: ['order-token-key'],
  build(deps) {
    const { db, log } = deps;
    const watch = watchRows({ log, read: (ids, withinMs) => readMoves(db, ids, withinMs) });
    const events = eventsOf(deps);
    return {
      routes: routes(deps, { watch, events }),
      events,
      // Streams end with the process: a stop must not wait for listeners to go.
      start: () => ({ stop: () => watch.stop() }),
    };
  },
};

function eventsOf(deps: Deps): NonNullable<BuiltService['events']> {
  return {
    'payment.authorised': (event) => hearPaymentOutcome(deps, event),
    'payment.declined': (event) => hearPaymentOutcome(deps, event),
    'payment.captured': (event) => hearCaptured(deps, event),
    'payment.refunded': (event) => hearRefunded(deps, event),
    'shipment.dispatched': (event) => hearShipment(deps, event, 'dispatched'),
    'shipment.delivered': (event) => hearShipment(deps, event, 'delivered'),
    'customer.erased': (event) => forgetCustomer(deps, event),
    'export.requested': (event) => exportCustomer(deps, event),
  };
}
