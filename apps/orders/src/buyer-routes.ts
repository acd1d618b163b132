/** Buyers' way to their orders once they are placed: one row a route. */
import { idSchema } from '@souk/contracts/identifiers';
import { customerIdOf } from '@souk/kit/auth';
import { eventStreamType } from '@souk/kit/event-stream';
import { refuse } from '@souk/kit/problem';
import { type Input, type Reply, type Route, reply } from '@souk/kit/routes';
import type { RowWatch } from '@souk/kit/row-watch';
import type { Deps } from '@souk/kit/service';
import { idempotencyKeySchema, pageQuery } from '@souk/kit/validate';
import joi from 'joi';
import { ownerIn, readOwnOrder } from './buyer.ts';
import { cancelOrder, statusOf } from './cancel-order.ts';
import { followOrder } from './follow-order.ts';
import type { Move } from './history-store.ts';
import type { OrderState } from './order.ts';
import { listOwnOrders, readOrder } from './read-order.ts';
import { orderList, orderWithHistory, stateSchema, tokenSchema } from './schemas.ts';

const orderToken = { 'order-token': tokenSchema };
const id = { id: idSchema };
const noStore = { 'cache-control': 'no-store' };

/** One row a route. */
export function buyerRoutes(deps: Deps, watch: RowWatch<Move>): Route[] {
  return [listRoute(deps), readRoute(deps), followRoute(deps, watch), cancelRoute(deps)];
}

function listRoute(deps: Deps): Route {
  return {
    method: 'GET',
    path: '/orders',
    operationId: 'listOrders',
    summary: "A customer's orders, newest first; what was never confirmed is not listed",
    audience: 'customer',
    query: {
      ...pageQuery,
      cursor: idSchema.description('nextCursor of the page before'),
      state: stateSchema,
    },
    responses: { 200: orderList },
    async handle({ caller, query }) {
      const customerId = customerIdOf(caller) ?? refuse('unauthorised');
      return reply(200, await listOwnOrders(deps, customerId, query as never), noStore);
    },
  };
}

function readRoute(deps: Deps): Route {
  return {
    method: 'GET',
    path: '/orders/{id}',
    operationId: 'readOrder',
    summary: 'An order with its history',
    audience: 'buyer',
    params: id,
    headers: orderToken,
    responses: { 200: orderWithHistory },
    handle: async (input) => reply(200, await readOrder(deps, ownerIn(input)), noStore),
  };
}

function followRoute(deps: Deps, watch: RowWatch<Move>): Route {
  return {
    method: 'GET',
    path: '/orders/{id}/events',
    operationId: 'followOrder',
    summary:
      'The history of an order as it happens: Server-Sent Events named `state`, until it has ended; 204 if nothing will follow',
    audience: 'buyer',
    params: id,
    headers: { ...orderToken, 'last-event-id': idSchema.description('id of the last event that came') },
    responses: { 200: joi.string(), 204: null },
    produces: [eventStreamType],
    handle: (input) =>
      followOrder(deps, watch, { ...ownerIn(input), lastEventId: input.headers['last-event-id'] }),
  };
}

function cancelRoute(deps: Deps): Route {
  return {
    method: 'POST',
    path: '/orders/{id}/cancellation',
    operationId: 'cancelOrder',
    summary: 'Cancel an order that has not been dispatched',
    audience: 'buyer',
    params: id,
    headers: { 'idempotency-key': idempotencyKeySchema, ...orderToken },
    responses: { 200: orderWithHistory, 202: orderWithHistory },
    problems: ['idempotency-key-required', 'already-dispatched'],
    handle: (input) => cancel(deps, input),
  };
}

/** Cancelling is the same however often it is asked for, so the key has nothing to remember. */
async function cancel(deps: Deps, input: Input): Promise<Reply> {
  if (!input.headers['idempotency-key']) refuse('idempotency-key-required');
  const owner = ownerIn(input);
  await readOwnOrder(deps, owner);
  await cancelOrder(deps, owner.orderId, { reason: 'customer', by: 'buyer' });
  // What is answered is what is read now: the sweeper may have ended meanwhile what our budget left open.
  const order = await readOrder(deps, owner);
  const state = order.state as OrderState;
  if (state === 'dispatched' || state === 'delivered') refuse('already-dispatched');
  return reply(statusOf({ state }), order, noStore);
}
