// Promises payments over real MariaDB and a provider in memory, with a clock that the test sets.
import { newId } from '@souk/kit/identifier';
import type { Deps } from '@souk/kit/service';
import supertest from 'supertest';
import { openTestDatabase } from '../../../test/support/database.ts';
import { openApiChecker } from '../../../test/support/openapi-check.ts';
import { buildUnderTest, sidecarHeaders } from '../../../test/support/service-under-test.ts';
import type { ProviderEvent } from '../src/payments-provider.ts';
import { buildPayments, type PaymentsConfig, payments } from '../src/service.ts';
import { createFakeProvider, genuine } from './fake-provider.ts';

/** Opens the service; `close` drops its schema. */
export async function openPayments() {
  const database = await openTestDatabase('payments');
  const fake = createFakeProvider();
  const clock = { nowMs: Date.now() };
  const { app, deps } = buildUnderTest(
    { ...payments, build: (given: Deps<PaymentsConfig>) => buildPayments(given, fake.provider) },
    { db: database.db, now: () => new Date(clock.nowMs) },
  );
  const check = await openApiChecker(app);
  const { db } = database;
  const internal = sidecarHeaders('orders');
  return {
    app,
    deps: { ...deps, provider: fake.provider },
    db,
    fake,
    clock,
    check,
    close: database.close,
    authorise: async (orderId: string, token = 'tok_ok', more: object = {}) => {
      const body = { amount: 1_999, currency: 'EUR', method: 'card', token, ...more };
      return check(await supertest(app).put(`/internal/payments/${orderId}`).set(internal).send(body));
    },
    void: async (orderId: string) =>
      check(await supertest(app).delete(`/internal/payments/${orderId}`).set(internal)),
    read: async (orderId: string) =>
      check(await supertest(app).get(`/internal/payments/${orderId}`).set(internal)),
    refund: async (refundId: string, body: object) =>
      check(await supertest(app).put(`/internal/refunds/${refundId}`).set(internal).send(body)),
    webhook: async (event: ProviderEvent | string, signature = genuine) => {
      const sent = supertest(app).post('/payments/webhooks/simulator').set('psp-signature', signature);
      return check(await sent.type('json').send(typeof event === 'string' ? event : JSON.stringify(event)));
    },
    /** One round of the sweeper, `afterMs` later than the round before. */
    sweep: async (afterMs = 6_000) => {
      clock.nowMs += afterMs;
      return supertest(app).post('/payments-sweeper').set(sidecarHeaders()).send('');
    },
    /** Events in the outbox about an order, oldest first. */
    eventsOf: async (orderId: string) => {
      const rows = await db('outbox').select('topic', 'data').where({ subject: orderId }).orderBy('id');
      return rows.map(({ topic, data }) => ({ topic, ...JSON.parse(data).payload }));
    },
    /** Sum of each ledger account of an order, without those at zero. */
    accountsOf: async (orderId: string) => {
      const rows = await db('ledger_entries').select('account', 'amount').where({ order_id: orderId });
      const sums = new Map<string, number>();
      for (const { account, amount } of rows) sums.set(account, (sums.get(account) ?? 0) + amount);
      return Object.fromEntries([...sums].filter(([, sum]) => sum !== 0));
    },
  };
}

export { newId as newOrderId };
