/** Cart: what a guest means to buy, where it should go, and what that costs now. */
import type { ServiceDefinition } from '@souk/kit/service';
import { closeOrderedCart, forgetProduct } from './hear-events.ts';
import { createProductSummaries } from './product-summaries.ts';
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
    };
    return {
      routes: routes(deps),
      events: {
        'order.confirmed': (event) => closeOrderedCart(deps, event),
        'product.published': (event) => forgetProduct(deps, event),
        'product.changed': (event) => forgetProduct(deps, event),
        'product.archived': (event) => forgetProduct(deps, event),
      },
    };
  },
};
