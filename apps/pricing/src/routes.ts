/** Pricing's routes for other services. */
import { quoteSchema } from '@souk/contracts/quote';
import { type Route, reply } from '@souk/kit/routes';
import type { Deps } from '@souk/kit/service';
import { listShippingOptions } from './list-shipping-options.ts';
import { makeQuote } from './make-quote.ts';
import type { RuleBook } from './rule-book.ts';
import { optionsRequestSchema, optionsSchema, quoteRequestSchema } from './schemas.ts';

/** One row a route. */
export function pricingRoutes(deps: Pick<Deps, 'db'> & { ruleBook: RuleBook }): Route[] {
  return [
    {
      method: 'POST',
      path: '/internal/quotes',
      operationId: 'makeQuote',
      summary: 'What a basket costs, line by line, with tax and shipping',
      audience: 'internal',
      body: quoteRequestSchema,
      responses: { 200: quoteSchema },
      problems: ['not-shippable', 'price-changed', 'total-too-high', 'unknown-sku'],
      handle: async ({ body }) => reply(200, await makeQuote(deps, body)),
    },
    {
      method: 'POST',
      path: '/internal/shipping-options',
      operationId: 'listShippingOptions',
      summary: 'By which methods a basket can be sent, and for how much',
      audience: 'internal',
      body: optionsRequestSchema,
      responses: { 200: optionsSchema },
      problems: ['unknown-sku'],
      handle: async ({ body }) => reply(200, await listShippingOptions(deps, body)),
    },
  ];
}
