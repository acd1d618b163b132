/** Pricing: the only code that adds money. */
import type { ServiceDefinition } from '@souk/kit/service';
import { pricingRoutes } from './routes.ts';
import { createRuleBook } from './rule-book.ts';

export const pricing: ServiceDefinition = {
  name: 'pricing',
  hasDatabase: true,
  secrets: [],
  build({ db }) {
    return { routes: pricingRoutes({ db, ruleBook: createRuleBook(db) }) };
  },
};
