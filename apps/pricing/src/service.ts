/** Pricing: the only code that adds money. */
import { auditRoutes } from '@souk/back-office/audit-routes';
import { deadEventRoutes } from '@souk/back-office/dead-event-routes';
import { reapKeys } from '@souk/kit/idempotency';
import { startPeriodicWork } from '@souk/kit/periodic-work';
import type { BuiltService, ServiceDefinition } from '@souk/kit/service';
import { applyProduct } from './apply-product.ts';
import { priceRoutes } from './price-routes.ts';
import { pricingRoutes } from './routes.ts';
import { createRuleBook } from './rule-book.ts';
import { ruleRoutes } from './rule-routes.ts';

const reapEveryMs = 600_000;

export const pricing: ServiceDefinition = {
  name: 'pricing',
  hasDatabase: true,
  secrets: [],
  build(deps) {
    const events: NonNullable<BuiltService['events']> = {
      'product.published': (event) => applyProduct(deps, event),
      'product.changed': (event) => applyProduct(deps, event),
      'product.archived': (event) => applyProduct(deps, event),
    };
    const routes = [
      ...pricingRoutes({ db: deps.db, ruleBook: createRuleBook(deps.db) }),
      ...priceRoutes(deps),
      ...ruleRoutes(deps),
      ...deadEventRoutes('pricing', events, deps),
      ...auditRoutes('pricing', deps),
    ];
    const start = () =>
      startPeriodicWork({
        name: 'reap-keys',
        everyMs: reapEveryMs,
        log: deps.log,
        work: () => reapKeys(deps.db),
      });
    return { routes, events, start };
  },
};
