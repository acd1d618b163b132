/** Pricing on a real database, with two articles, the sample rules, and the doors by which staff and carts come. */
import type { EventType } from '@souk/contracts/events';
import type { Role } from '@souk/contracts/permissions';
import type { Database } from '@souk/kit/db';
import { newId } from '@souk/kit/identifier';
import supertest, { type Response } from 'supertest';
import { openTestDatabase } from '../../../test/support/database.ts';
import { openApiChecker } from '../../../test/support/openapi-check.ts';
import { buildUnderTest, sidecarHeaders } from '../../../test/support/service-under-test.ts';
import { asStaff } from '../../../test/support/tokens.ts';
import { pricing } from '../src/service.ts';
import { sampleRules } from './sample-rules.ts';

export interface PricingUnderTest {
  db: Database;
  /** How often the relay was woken. */
  wakes(): number;
  /** What stands in the outbox, oldest first. */
  events(): Promise<{ type: string; subject: string; version: number; payload: unknown }[]>;
  /** What stands in the audit log, oldest first. */
  audit(): Promise<Record<string, unknown>[]>;
  /** A request of staff; every answer is held against the OpenAPI document. */
  staff(method: 'get' | 'put' | 'post', path: string, given?: Given): Promise<Response>;
  quote(body: object): Promise<Response>;
  deliver(type: EventType, event: { version: number; payload: object; id?: string }): Promise<number>;
  /** Back to the two articles and the sample rules. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

export interface Given {
  body?: unknown;
  headers?: Record<string, string>;
  roles?: Role[];
}

/** Opens it with the articles SOAP-1 (6.90 €, 7.90 $) and BOOK-1 (15 €). */
export async function openPricing(): Promise<PricingUnderTest> {
  const { db, close } = await openTestDatabase('pricing');
  await reset(db);
  let wakes = 0;
  const wakeRelay = () => {
    wakes += 1;
  };
  const { app } = buildUnderTest(pricing, { db, wakeRelay });
  const documented = await openApiChecker(app);
  return {
    db,
    close,
    async reset() {
      wakes = 0;
      await reset(db);
    },
    wakes: () => wakes,
    async events() {
      const rows = await db('outbox').select('data').orderBy('id');
      return rows.map(({ data }) => JSON.parse(data));
    },
    audit: () =>
      db('audit_log').select('action', 'entity_id', 'change_before', 'change_after').orderBy('seq'),
    async staff(method, path, { body, headers = {}, roles = ['catalogue'] }: Given = {}) {
      const request = supertest(app)
        [method](path)
        .set({ ...(await asStaff(roles)), ...headers });
      return documented(await (body === undefined ? request : request.send(body as object)));
    },
    quote: async (body) =>
      documented(await supertest(app).post('/internal/quotes').set(sidecarHeaders('orders')).send(body)),
    async deliver(type, { version, payload, id = newId() }) {
      const data = { id, type, at: new Date().toISOString(), subject: newId(), version, payload };
      const event = { specversion: '1.0', id, type, source: 'catalog', data };
      const { status } = await supertest(app).post(`/events/${type}`).set(sidecarHeaders()).send(event);
      return status;
    },
  };
}

async function reset(db: Database): Promise<void> {
  for (const table of ['prices', 'articles', 'rule_versions', 'outbox']) await db(table).delete();
  await db.raw('TRUNCATE TABLE audit_log');
  await db('prices').insert([
    { sku: 'SOAP-1', currency: 'EUR', amount: 690 },
    { sku: 'SOAP-1', currency: 'USD', amount: 790 },
    { sku: 'BOOK-1', currency: 'EUR', amount: 1500 },
  ]);
  await db('articles').insert([
    { sku: 'SOAP-1', tax_class: 'standard', weight_grams: 200, sellable: 1, version: 0 },
    { sku: 'BOOK-1', tax_class: 'reduced', weight_grams: 400, sellable: 1, version: 0 },
  ]);
  await db('rule_versions').insert({ id: newId(), version: 1, rules: JSON.stringify(sampleRules) });
}
