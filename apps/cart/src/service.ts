/** Cart: what somebody means to buy, where it should go, and what that costs now. */
import { keptEventRoutes } from '@souk/back-office/dead-event-routes';
import type { BuiltService, ServiceDefinition } from '@souk/kit/service';
import { openDeadEvents } from './dead-events.ts';
import { eraseCustomer, exportCustomer } from './forget-customer.ts';
import { closeOrderedCart, forgetProduct } from './hear-events.ts';
import { createProductSummaries } from './product-summaries.ts';
import { createRecentQuotes } from './recent-quotes.ts';
import { routes } from './routes.ts';
import { createTurns } from './turns.ts';

export const cart: ServiceDefinition = {
  name: 'cart',
  hasDatabase: false,
  secrets: ['cart-token-key'],
  build(given) {
    const deps = {
      ...given,
      summaries: createProductSummaries(given, { now: given.now }),
      turns: createTurns(),
      recentQuotes: createRecentQuotes(),
      deadEvents: openDeadEvents(given),
    };
    const events: BuiltService['events'] = {
      'order.confirmed': (event) => closeOrderedCart(deps, event),
      'customer.erased': (event) => eraseCustomer(deps, event),
      'export.requested': (event) => exportCustomer(deps, event),
      'product.published': (event) => forgetProduct(deps, event),
      'product.changed': (event) => forgetProduct(deps, event),
      'product.archived': (event) => forgetProduct(deps, event),
    };
    const shelf = { log: given.log, store: deps.deadEvents };
    return {
      routes: [...routes(deps), ...keptEventRoutes('cart', events, shelf)],
      events,
      keepDead: deps.deadEvents.keep,
    };
  },
};
