/** Catalog over a schema of its own, for one test file. */

import { newId } from '@souk/kit/identifier';
import supertest, { type Response } from 'supertest';
import { openTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { openApiChecker } from '../../../test/support/openapi-check.ts';
import { buildUnderTest, sidecarHeaders, type UnderTest } from '../../../test/support/service-under-test.ts';
import { catalog } from '../src/service.ts';

export interface CatalogUnderTest extends Pick<TestDatabase, 'db' | 'close'> {
  built: UnderTest<object>['built'];
  /** GETs a path, and holds the answer against the OpenAPI document. */
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  /** Delivers an event as the sidecar does. */
  deliver(
    type: 'stock.changed' | 'price.changed',
    version: number,
    payload: Record<string, unknown>,
  ): Promise<void>;
  /** Forgets all answers, by an event about nothing that the test looks at. */
  forget(): Promise<void>;
}

/** Opens it; call `close` at the end. */
export async function openCatalog(): Promise<CatalogUnderTest> {
  const { db, close } = await openTestDatabase('catalog');
  const { app, built } = buildUnderTest(catalog, { db, env: { OPENAPI_FILE: '/dev/null/none' } });
  const check = await openApiChecker(app);
  const opened: CatalogUnderTest = {
    db,
    close,
    built,
    get: async (path, headers = {}) => check(await supertest(app).get(path).set(headers)),
    async deliver(type, version, payload) {
      const data = { id: newId(), type, at: new Date().toISOString(), subject: 'x', version, payload };
      await supertest(app).post(`/events/${type}`).set(sidecarHeaders()).send({ data }).expect(200);
    },
    forget: () => {
      const price = { amount: 1, currency: 'EUR' };
      return opened.deliver('price.changed', 1, { sku: 'NOBODY-HAS-IT', currency: 'EUR', price });
    },
  };
  return opened;
}

/** The slugs of a list's items. */
export function slugsOf({ body }: Response): string[] {
  return body.items.map(({ slug }: { slug: string }) => slug);
}
