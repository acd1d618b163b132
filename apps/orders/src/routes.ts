/** The API of orders: placing one, and the timer; with the routes of buyers and staff. */
import { auditRoutes } from '@souk/back-office/audit-routes';
import { deadEventRoutes } from '@souk/back-office/dead-event-routes';
import { createAdmission } from '@souk/kit/admission';
import type { StoredAnswer } from '@souk/kit/idempotency';
import { refuse } from '@souk/kit/problem';
import { limitRate, networkOf } from '@souk/kit/rate-limit';
import { type Input, type Reply, type Route, reply } from '@souk/kit/routes';
import type { RowWatch } from '@souk/kit/row-watch';
import type { BuiltService, Deps } from '@souk/kit/service';
import { idempotencyKeySchema } from '@souk/kit/validate';
import joi from 'joi';
import { buyerOf, scopeOf } from './buyer.ts';
import { buyerRoutes } from './buyer-routes.ts';
import type { Move } from './history-store.ts';
import type { PaymentChoice } from './order.ts';
import { type PlaceOrder, placeOrder } from './place-order.ts';
import { sweepRefunds } from './refund-order.ts';
import { placedOrder, placeOrderBody, tokenSchema } from './schemas.ts';
import { staffRoutes } from './staff-routes.ts';
import { keyReaper, sweepOrders } from './sweep-orders.ts';

/** How many orders one may try to place a minute, in each process. */
export const settings = {
  LIMIT_ORDERS_PER_BUYER: joi.number().integer().min(1).default(20),
  LIMIT_ORDERS_PER_ADDRESS: joi.number().integer().min(1).default(120),
};
export type OrdersConfig = Record<keyof typeof settings, number>;

/** As many orders at once as two cores finish well within each one's budget; a full queue is gone in about 2 s. */
const placing = { atOnce: 16, maxWaiting: 256, maxWaitMs: 2_500 };

export interface RouteParts {
  watch: RowWatch<Move>;
  events: NonNullable<BuiltService['events']>;
}

/** One row a route. Dead events and audit come first: `/admin/orders/{id}` would take their paths for ids. */
export function routes(deps: Deps<OrdersConfig>, { watch, events }: RouteParts): Route[] {
  return [
    ...deadEventRoutes('orders', events, deps),
    ...auditRoutes('orders', deps),
    ...staffRoutes(deps),
    placeRoute(deps),
    ...buyerRoutes(deps, watch),
    sweeperRoute(deps),
  ];
}

function placeRoute(deps: Deps<OrdersConfig>): Route {
  const { admit } = createAdmission(placing);
  const perAddress = limitRate(deps.config.LIMIT_ORDERS_PER_ADDRESS);
  const perBuyer = limitRate(deps.config.LIMIT_ORDERS_PER_BUYER);
  return {
    method: 'POST',
    path: '/orders',
    operationId: 'placeOrder',
    summary: 'Order a cart at the quoted price',
    audience: 'buyer',
    headers: { 'idempotency-key': idempotencyKeySchema, 'cart-token': tokenSchema },
    body: placeOrderBody,
    responses: { 201: placedOrder, 202: placedOrder },
    problems: [
      'idempotency-key-required',
      'idempotency-key-in-use',
      'idempotency-key-reused',
      'not-found',
      'cart-empty',
      'delivery-missing',
      'unknown-sku',
      'not-shippable',
      'price-changed',
      'out-of-stock',
      'payment-declined',
      'order-in-progress',
      'already-ordered',
      'order-closed',
      'too-many-requests',
      'shop-closed',
    ],
    async handle(input) {
      const command = commandIn(input);
      // The address first: it bounds how many buyers one can make up, and so how many are remembered.
      await perAddress(networkOf(input.address));
      await perBuyer(scopeOf(command.buyer, command.cartId));
      return answerTo(await admit(() => placeOrder(deps, command)));
    },
  };
}

function sweeperRoute(deps: Deps): Route {
  const reap = keyReaper(deps);
  return {
    method: 'POST',
    path: '/orders-sweeper',
    operationId: 'sweepOrders',
    summary: 'The timer of the sweeper',
    audience: 'sidecar',
    responses: { 200: joi.object({ count: joi.number().required() }) },
    handle: async () => {
      const count = (await sweepOrders(deps)) + (await sweepRefunds(deps));
      await reap();
      return reply(200, { count });
    },
  };
}

type PlaceBody = { cartId: string; quoteHash: string; payment: PaymentChoice };

function commandIn(input: Input<PlaceBody>): PlaceOrder {
  const key = input.headers['idempotency-key'] ?? refuse('idempotency-key-required');
  return { ...input.body, key, buyer: buyerOf(input) };
}

function answerTo({ status, body }: StoredAnswer): Reply {
  if (status >= 400) return reply(status, body, { 'content-type': 'application/problem+json' });
  const { id } = body as { id: string };
  return reply(status, body, { location: `/api/v1/orders/${id}`, 'cache-control': 'no-store' });
}
