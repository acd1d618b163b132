/** Shipping over real MariaDB: events as the sidecar delivers them, requests as staff and orders send them. */
import { type EventType, events } from '@souk/contracts/events';
import type { Role } from '@souk/contracts/permissions';
import type { Database } from '@souk/kit/db';
import { newId } from '@souk/kit/identifier';
import supertest from 'supertest';
import { expect } from 'vitest';
import { openTestDatabase } from '../../../test/support/database.ts';
import { openApiChecker } from '../../../test/support/openapi-check.ts';
import { buildUnderTest, sidecarHeaders } from '../../../test/support/service-under-test.ts';
import { asStaff } from '../../../test/support/tokens.ts';
import { shipping } from '../src/service.ts';

const euros = (amount: number) => ({ amount, currency: 'EUR' });
export const address = {
  name: 'Ada Byron',
  line1: 'Marktgasse 7',
  city: 'Bonn',
  postalCode: '53111',
  country: 'DE',
};
export const tracking = { carrier: 'dhl', trackingNumber: 'JD014600003828' };

/** What `order.confirmed` says of an order of two pieces. */
export function confirmed(orderId: string, customerId: string | null = null) {
  return {
    orderId,
    customerId,
    number: `S-${orderId.slice(-6)}`,
    cartId: newId(),
    email: 'ada@example.org',
    lines: [{ sku: 'MUG-BLUE', quantity: 2 }],
    names: { 'MUG-BLUE': 'Blue mug' },
    address,
    quote: {
      ...{ currency: 'EUR', country: 'DE', taxIncluded: true, lines: [], discounts: [] },
      shipping: {
        ...{ method: 'standard', name: 'Standard', tax: euros(80), taxRate: '0.19', total: euros(499) },
      },
      ...{ tax: euros(80), total: euros(499), quoteHash: 'a'.repeat(64) },
    },
  };
}

/** The app over `db`; several of them are several processes. */
export async function shippingOver(db: Database) {
  const { app } = buildUnderTest(shipping, { db });
  const check = await openApiChecker(app);
  const deliver = async (type: EventType, payload: Record<string, unknown>, id = newId()) => {
    expect(events[type].payload.validate(payload, { convert: false }).error).toBeUndefined();
    const subject = String(payload.orderId ?? payload.customerId);
    const data = { id, type, at: new Date().toISOString(), subject, version: 1, payload };
    return supertest(app).post(`/events/${type}`).set(sidecarHeaders()).send({ id, type, data });
  };
  return {
    app,
    deliver,
    open: async (orderId: string, customerId: string | null = null) =>
      deliver('order.confirmed', confirmed(orderId, customerId)),
    cancel: async (orderId: string) =>
      check(
        await supertest(app).put(`/internal/shipment-cancellations/${orderId}`).set(sidecarHeaders('orders')),
      ),
    get: async (path: string, roles: Role[] = ['warehouse']) =>
      check(
        await supertest(app)
          .get(path)
          .set(await asStaff(roles)),
      ),
    dispatch: async (orderId: string, body: object = tracking, key: string = newId()) =>
      check(
        await supertest(app)
          .post(`/admin/shipments/${orderId}/dispatch`)
          .set({ ...(await owner()), 'idempotency-key': key })
          .send(body),
      ),
    arrive: async (orderId: string, key: string = newId()) =>
      check(
        await supertest(app)
          .post(`/admin/shipments/${orderId}/delivery`)
          .set({ ...(await owner()), 'idempotency-key': key }),
      ),
    check,
  };
}

const ownerId = newId();
const owner = () => asStaff(['warehouse'], ownerId);

/** Shipping on a schema of its own; `close` drops it. */
export async function openShipping() {
  const { db, close } = await openTestDatabase('shipping');
  return {
    ...(await shippingOver(db)),
    db,
    close,
    /** Events in the outbox about an order or a customer, oldest first; each fits the event table. */
    eventsOf: async (subject: string) => {
      const rows = await db('outbox').select('topic', 'data').where({ subject }).orderBy('id');
      return rows.map(({ topic, data }) => {
        const { payload } = JSON.parse(data);
        expect(events[topic as EventType].payload.validate(payload).error).toBeUndefined();
        return { topic, ...payload };
      });
    },
  };
}
