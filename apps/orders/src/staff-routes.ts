/** Staff's way to orders and refunds: one row a route. */
import { createByStaff } from '@souk/back-office/staff-command';
import { idSchema } from '@souk/contracts/identifiers';
import { type Input, type Reply, type Route, reply } from '@souk/kit/routes';
import type { Deps } from '@souk/kit/service';
import { idempotencyKeySchema, pageQuery } from '@souk/kit/validate';
import joi from 'joi';
import { cancelOrder, statusOf, wantCancellation } from './cancel-order.ts';
import { listAllOrders, listRefunds, readForStaff } from './read-order.ts';
import { refundOrder } from './refund-order.ts';
import {
  cancelledByStaff,
  refundBody,
  refundList,
  refundSchema,
  staffOrder,
  staffOrderList,
  stateSchema,
} from './schemas.ts';

const key = { 'idempotency-key': idempotencyKeySchema };
const keyProblems = ['idempotency-key-required', 'idempotency-key-reused', 'idempotency-key-in-use'] as const;
const page = { ...pageQuery, cursor: idSchema.description('nextCursor of the page before') };
const noStore = { 'cache-control': 'no-store' };

/** One row a route. */
export function staffRoutes(deps: Deps): Route[] {
  return [...readingRoutes(deps), ...commandRoutes(deps)];
}

function readingRoutes(deps: Deps): Route[] {
  const shared = { method: 'GET', audience: 'staff', permission: 'orders.read' } as const;
  return [
    {
      ...shared,
      path: '/admin/orders',
      operationId: 'listAllOrders',
      summary: 'Orders, newest first',
      query: {
        ...page,
        state: stateSchema,
        q: joi.string().min(1).max(254).description("an order's number, or a whole mail address"),
      },
      responses: { 200: staffOrderList },
      handle: async ({ query }) => reply(200, await listAllOrders(deps, query as never), noStore),
    },
    {
      ...shared,
      path: '/admin/orders/{id}',
      operationId: 'readOrderForStaff',
      summary: 'An order with its refunds and history',
      params: { id: idSchema },
      responses: { 200: staffOrder },
      handle: async ({ params }) => reply(200, await readForStaff(deps, params.id!), noStore),
    },
    {
      ...shared,
      path: '/admin/refunds',
      operationId: 'listRefunds',
      summary: 'Refunds of an order, newest first',
      query: { ...page, orderId: idSchema.required() },
      responses: { 200: refundList },
      handle: async ({ query }) => reply(200, await listRefunds(deps, query as never), noStore),
    },
  ];
}

function commandRoutes(deps: Deps): Route[] {
  return [
    {
      method: 'POST',
      path: '/admin/orders/{id}/cancellation',
      operationId: 'cancelOrderByStaff',
      summary: 'Cancel an order that has not been dispatched',
      audience: 'staff',
      permission: 'orders.write',
      params: { id: idSchema },
      headers: key,
      responses: { 200: cancelledByStaff, 202: cancelledByStaff },
      problems: [...keyProblems, 'not-found', 'already-dispatched'],
      handle: (input) => cancelByStaff(deps, input),
    },
    {
      method: 'POST',
      path: '/admin/refunds',
      operationId: 'refundOrder',
      summary: 'Give back captured money, all that is left or a part',
      audience: 'staff',
      permission: 'refunds.write',
      headers: key,
      body: refundBody,
      responses: { 201: refundSchema },
      problems: [...keyProblems, 'not-found', 'not-refundable', 'refund-too-high'],
      handle: (input) => refundOrder(deps, input),
    },
  ];
}

/** The wish and its audit row first, then the same way as a buyer's; the stored answer names nobody. */
async function cancelByStaff(deps: Deps, input: Input): Promise<Reply> {
  const orderId = input.params.id!;
  const wish = { reason: 'staff', by: 'staff' } as const;
  await createByStaff(deps, input, async (tx) => {
    const { before, order } = await wantCancellation(deps, tx, { orderId, ...wish });
    const { state, cancellation } = order;
    const change = {
      action: 'order.cancellation-requested',
      entity: 'order',
      entityId: orderId,
      before: { state: before.state },
      after: { state, reason: cancellation?.reason ?? null },
    };
    const changed = before.version !== order.version;
    return { ...(changed && { change }), reply: reply(202, { id: orderId }) };
  });
  const { id, number, state } = await cancelOrder(deps, orderId, wish);
  return reply(statusOf({ state }), { id, number, state }, noStore);
}
