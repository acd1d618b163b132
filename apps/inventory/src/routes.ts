/** Inventory's routes to reservations, for orders only. */
import { idSchema } from '@souk/contracts/identifiers';
import { type Route, reply } from '@souk/kit/routes';
import type { Deps } from '@souk/kit/service';
import { releaseStock } from './release-stock.ts';
import { reserveStock } from './reserve-stock.ts';
import { reservationRequestSchema, reservationSchema } from './schemas.ts';

const orderId = { orderId: idSchema };

/** One row a route. */
export function reservationRoutes(deps: Pick<Deps, 'db' | 'log' | 'newId'>): Route[] {
  return [
    {
      method: 'PUT',
      path: '/internal/reservations/{orderId}',
      operationId: 'reserveStock',
      summary: 'Hold all lines of an order, or none; may be repeated',
      audience: 'internal',
      params: orderId,
      body: reservationRequestSchema,
      responses: { 200: reservationSchema },
      problems: ['out-of-stock', 'order-closed'],
      handle: async ({ params, body }) =>
        reply(200, await reserveStock(deps, { orderId: params.orderId!, lines: body.lines })),
    },
    {
      method: 'DELETE',
      path: '/internal/reservations/{orderId}',
      operationId: 'releaseStock',
      summary: 'Give back what an order holds or has bought; afterwards it can hold nothing. May be repeated',
      audience: 'internal',
      params: orderId,
      responses: { 204: null },
      handle: async ({ params }) => {
        await releaseStock(deps, params.orderId!);
        return reply(204);
      },
    },
  ];
}
