/** Notifications on a real database, with a mail server in memory that a test may break. */

import type { EventType } from '@souk/contracts/events';
import type { InvokeRequest } from '@souk/kit/dapr';
import { newId } from '@souk/kit/identifier';
import { refuse } from '@souk/kit/problem';
import supertest from 'supertest';
import { openTestDatabase } from '../../../test/support/database.ts';
import { buildUnderTest, sidecarHeaders } from '../../../test/support/service-under-test.ts';
import type { AccountLink } from '../src/account-mail.ts';
import type { OrderFacts } from '../src/order-mail.ts';
import { notifications } from '../src/service.ts';

const eur = (amount: number) => ({ amount, currency: 'EUR' as const });

/** Facts of an order as orders tells them. */
export function orderFacts(
  given: Partial<OrderFacts> = {},
): OrderFacts & { cartId: string; lines: object[] } {
  const line = { sku: 'CUP-1', quantity: 2, unitPrice: eur(500), discount: eur(0), tax: eur(160) };
  return {
    orderId: newId(),
    customerId: null,
    cartId: newId(),
    number: 'S-1001',
    email: 'ada@example.org',
    lines: [{ sku: 'CUP-1', quantity: 2 }],
    address: { name: 'Ada Byron', line1: 'Hauptstr. 1', city: 'Berlin', postalCode: '10115', country: 'DE' },
    quote: {
      ...{ currency: 'EUR', country: 'DE', taxIncluded: true, discounts: [], quoteHash: 'a'.repeat(64) },
      lines: [{ ...line, taxRate: '0.19', total: eur(1000) }],
      shipping: { method: 'standard', name: 'Standard', tax: eur(78), taxRate: '0.19', total: eur(490) },
      tax: eur(238),
      total: eur(1490),
    },
    names: { 'CUP-1': 'Blue cup' },
    ...given,
  };
}

export interface SentMail {
  body: string;
  emailTo: string;
  subject: string;
}

export async function openMail() {
  const { db, close } = await openTestDatabase('notifications');
  const sent: SentMail[] = [];
  const server = { away: false };
  // As Dapr 1.18.2's binding for SMTP: what is sent at once shares one set of settings.
  let settings: Record<string, string> = {};
  const bind = async (
    _name: string,
    _operation: string,
    data: unknown,
    metadata?: Record<string, string>,
  ) => {
    if (server.away) throw new Error('the mail server is away');
    settings = metadata!;
    await new Promise(setImmediate);
    sent.push({ body: String(data), emailTo: settings.emailTo!, subject: settings.subject! });
  };
  const links = new Map<string, AccountLink>();
  const identity = { away: false };
  const invoke = async <T>({ path }: InvokeRequest) => {
    if (identity.away) refuse('unavailable');
    return (links.get(path.split('/').at(-1)!) ?? refuse('not-found')) as T;
  };
  const { app, deps } = buildUnderTest(notifications, { db, dapr: { bind, invoke } });
  return {
    ...{ app, db, deps, sent, server, links, identity, close },
    /** Delivers an event as the sidecar does. */
    deliver(type: EventType, payload: object, eventId = newId()) {
      const at = new Date().toISOString();
      const data = { id: eventId, type, at, subject: newId(), version: 2, payload };
      return supertest(app)
        .post(`/events/${type}`)
        .set(sidecarHeaders())
        .send({ specversion: '1.0', id: eventId, data });
    },
    /** Makes every pending mail overdue, on the database's clock. */
    async later() {
      await db.raw("UPDATE mails SET due_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND WHERE state = 'pending'");
    },
    async mailOf(eventId: string) {
      return db('mails')
        .select('state', 'attempts', 'recipient', 'subject', 'body', 'kind')
        .where({ event_id: eventId })
        .first();
    },
  };
}

export type MailUnderTest = Awaited<ReturnType<typeof openMail>>;
