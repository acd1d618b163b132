/** The API of orders: one row a route. */
import { idSchema } from '@souk/contracts/identifiers';
import { createAdmission } from '@souk/kit/admission';
import { refuse } from '@souk/kit/problem';
import { type Input, type Reply, type Route, reply } from '@souk/kit/routes';
import type { Deps } from '@souk/kit/service';
import { idempotencyKeySchema } from '@souk/kit/validate';
import joi from 'joi';
import { cancelOrder } from './cancel-order.ts';
import type { PaymentChoice } from './order.ts';
import { placeOrder } from './place-order.ts';
import { readOrder, requireOwner } from './read-order.ts';
import { orderWithHistory, placedOrder, placeOrderBody, tokenSchema } from './schemas.ts';
import { keyReaper, sweepOrders } from './sweep-orders.ts';

const key = { 'idempotency-key': idempotencyKeySchema };
const orderToken = { 'order-token': tokenSchema };
const id = { id: idSchema };
/** As many orders at once as two cores finish well within each one's budget; a full queue is gone in about 2 s. */
const placing = { atOnce: 16, maxWaiting: 256, maxWaitMs: 2_500 };

/** One row a route. */
export function routes(deps: Deps): Route[] {
  return [placeRoute(deps), ...ownerRoutes(deps), sweeperRoute(deps)];
}

function placeRoute(deps: Deps): Route {
  const { admit } = createAdmission(placing);
  return {
    method: 'POST',
    path: '/orders',
    operationId: 'placeOrder',
    summary: 'Order a cart at the quoted price',
    audience: 'public',
    headers: { ...key, 'cart-token': tokenSchema },
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
    ],
    handle: (input) => admit(() => place(deps, input)),
  };
}

function ownerRoutes(deps: Deps): Route[] {
  return [
    {
      method: 'GET',
      path: '/orders/{id}',
      operationId: 'readOrder',
      summary: 'An order with its history',
      audience: 'public',
      params: id,
      headers: orderToken,
      responses: { 200: orderWithHistory },
      handle: async ({ params, headers }) =>
        reply(200, await readOrder(deps, owner(params, headers)), noStore),
    },
    {
      method: 'POST',
      path: '/orders/{id}/cancellation',
      operationId: 'cancelOrder',
      summary: 'Cancel an order that has not been dispatched',
      audience: 'public',
      params: id,
      headers: { ...key, ...orderToken },
      responses: { 200: orderWithHistory, 202: orderWithHistory },
      problems: ['idempotency-key-required', 'already-dispatched'],
      handle: (input) => cancel(deps, input),
    },
  ];
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
      const count = await sweepOrders(deps);
      await reap();
      return reply(200, { count });
    },
  };
}

const noStore = { 'cache-control': 'no-store' };

function owner(params: Input['params'], headers: Input['headers']) {
  return { orderId: params.id!, orderToken: headers['order-token'] };
}

async function place(
  deps: Deps,
  { headers, body }: Input<{ cartId: string; quoteHash: string; payment: PaymentChoice }>,
): Promise<Reply> {
  const idempotencyKey = headers['idempotency-key'] ?? refuse('idempotency-key-required');
  const cartToken = headers['cart-token'] ?? refuse('not-found');
  const { status, body: answer } = await placeOrder(deps, { ...body, key: idempotencyKey, cartToken });
  const { id } = answer as { id?: string };
  if (status >= 400) return reply(status, answer, { 'content-type': 'application/problem+json' });
  return reply(status, answer, { location: `/api/v1/orders/${id}`, ...noStore });
}

async function cancel(deps: Deps, { params, headers }: Input): Promise<Reply> {
  if (!headers['idempotency-key']) refuse('idempotency-key-required');
  requireOwner(deps, owner(params, headers));
  const order = await cancelOrder(deps, params.id!);
  const view = await readOrder(deps, owner(params, headers));
  return reply(order.state === 'cancelled' ? 200 : 202, view, noStore);
}
