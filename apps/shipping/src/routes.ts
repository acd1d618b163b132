/** The table of contents of shipping: one row a route. */
import { createByStaff } from '@souk/back-office/staff-command';
import { idSchema } from '@souk/contracts/identifiers';
import { refuse } from '@souk/kit/problem';
import { type Route, reply } from '@souk/kit/routes';
import type { Deps } from '@souk/kit/service';
import { idempotencyKeySchema, pageQuery } from '@souk/kit/validate';
import { cancelShipment } from './cancel-shipment.ts';
import { deliverShipment } from './deliver-shipment.ts';
import { dispatchShipment } from './dispatch-shipment.ts';
import * as schemas from './schemas.ts';
import { findShipment, listShipments } from './shipment-store.ts';

type ShippingDeps = Pick<Deps, 'db' | 'log' | 'now' | 'newId' | 'wakeRelay'>;

const params = { orderId: idSchema.required() };
const headers = { 'idempotency-key': idempotencyKeySchema };
const keyProblems = ['idempotency-key-required', 'idempotency-key-reused', 'idempotency-key-in-use'] as const;

export function shippingRoutes(deps: ShippingDeps): Route[] {
  return [...readingRoutes(deps), ...changingRoutes(deps), cancellationRoute(deps)];
}

function readingRoutes({ db }: ShippingDeps): Route[] {
  return [
    {
      method: 'GET',
      path: '/admin/shipments',
      operationId: 'listShipments',
      summary: 'Shipments in one state, the oldest order first; the open ones unless asked otherwise',
      audience: 'staff',
      permission: 'shipments.read',
      query: { state: schemas.stateSchema.default('open'), ...pageQuery },
      responses: { 200: schemas.pageSchema },
      async handle({ query: { state, limit, cursor } }) {
        const page = { state, limit: limit + 1, ...(cursor && { afterOrderId: cursor }) };
        const rows = await listShipments(db, page);
        const items = rows.slice(0, limit);
        const nextCursor = rows.length > limit ? items.at(-1)!.orderId : null;
        return reply(200, { items: items.map(schemas.summaryOf), nextCursor });
      },
    },
    {
      method: 'GET',
      path: '/admin/shipments/{orderId}',
      operationId: 'readShipment',
      summary: 'What to pack, and where to send it',
      audience: 'staff',
      permission: 'shipments.read',
      params,
      responses: { 200: schemas.shipmentSchema },
      problems: ['not-found'],
      async handle({ params: { orderId } }) {
        const shipment = (await findShipment(db, orderId!)) ?? refuse('not-found');
        return reply(200, schemas.shipmentView(shipment));
      },
    },
  ];
}

function changingRoutes(deps: ShippingDeps): Route[] {
  return [
    {
      method: 'POST',
      path: '/admin/shipments/{orderId}/dispatch',
      operationId: 'dispatchShipment',
      summary: 'Hand a shipment to its carrier; the money is taken',
      audience: 'staff',
      permission: 'shipments.write',
      params,
      headers,
      body: schemas.dispatchSchema,
      responses: { 200: schemas.summarySchema },
      problems: ['not-found', 'shipment-cancelled', 'already-dispatched', ...keyProblems],
      handle: (input) => {
        const command = { ...input.body, orderId: input.params.orderId!, at: deps.now() };
        return createByStaff(deps, input, (tx) => dispatchShipment(tx, command));
      },
    },
    {
      method: 'POST',
      path: '/admin/shipments/{orderId}/delivery',
      operationId: 'deliverShipment',
      summary: 'Note that a shipment has arrived',
      audience: 'staff',
      permission: 'shipments.write',
      params,
      headers,
      responses: { 200: schemas.summarySchema },
      problems: ['not-found', 'shipment-cancelled', 'not-dispatched', ...keyProblems],
      handle: (input) => {
        const command = { orderId: input.params.orderId!, at: deps.now() };
        return createByStaff(deps, input, (tx) => deliverShipment(tx, command));
      },
    },
  ];
}

function cancellationRoute(deps: ShippingDeps): Route {
  return {
    method: 'PUT',
    path: '/internal/shipment-cancellations/{orderId}',
    operationId: 'cancelShipment',
    summary: 'Make sure that an order is never sent',
    audience: 'internal',
    params,
    responses: { 200: schemas.cancellationSchema },
    problems: ['already-dispatched'],
    async handle({ params: { orderId } }) {
      await cancelShipment(deps, orderId!);
      return reply(200, { state: 'cancelled' });
    },
  };
}
