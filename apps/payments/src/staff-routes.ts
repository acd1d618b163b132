// Promises staff a look at every payment; they change none: money moves by orders, shipments and refunds alone.
import { idSchema } from '@souk/contracts/identifiers';
import { type Route, reply } from '@souk/kit/routes';
import type { Deps } from '@souk/kit/service';
import { pageQuery } from '@souk/kit/validate';
import { readPayment } from './change-payment.ts';
import { findEntries, listPayments } from './payment-store.ts';
import { refundsOf } from './refund-store.ts';
import { stateSchema } from './schemas.ts';
import { pageSchema, staffPaymentSchema, staffViewOf, summaryOf } from './staff-schemas.ts';

export function staffRoutes({ db }: Pick<Deps, 'db'>): Route[] {
  return [
    {
      method: 'GET',
      path: '/admin/payments',
      operationId: 'listPayments',
      summary:
        'Payments in one state, the oldest order first; those whose capture failed unless asked otherwise',
      audience: 'staff',
      permission: 'orders.read',
      query: { state: stateSchema.default('capture-failed'), ...pageQuery },
      responses: { 200: pageSchema },
      async handle({ query: { state, limit, cursor = '' } }) {
        const inside = state === 'pending' ? 'started' : state;
        const rows = await listPayments(db, { state: inside, afterOrderId: cursor, limit: limit + 1 });
        const items = rows.slice(0, limit);
        const nextCursor = rows.length > limit ? items.at(-1)!.orderId : null;
        return reply(200, { items: items.map(summaryOf), nextCursor });
      },
    },
    {
      method: 'GET',
      path: '/admin/payments/{orderId}',
      operationId: 'readPaymentAsStaff',
      summary: 'The payment of an order, its refunds and its lines in the ledger',
      audience: 'staff',
      permission: 'orders.read',
      params: { orderId: idSchema.required() },
      responses: { 200: staffPaymentSchema },
      problems: ['not-found'],
      async handle({ params }) {
        const payment = await readPayment({ db }, params.orderId!);
        const [refunds, entries] = await Promise.all([
          refundsOf(db, payment.orderId),
          findEntries(db, payment.orderId),
        ]);
        return reply(200, staffViewOf(payment, refunds, entries));
      },
    },
  ];
}
