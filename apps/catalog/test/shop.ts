/** Catalog over a schema of its own, for one test file. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import { newId } from '@souk/kit/identifier';
import { refuse } from '@souk/kit/problem';
import supertest, { type Response } from 'supertest';
import { openTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { openApiChecker } from '../../../test/support/openapi-check.ts';
import { buildUnderTest, sidecarHeaders, type UnderTest } from '../../../test/support/service-under-test.ts';
import { asStaff } from '../../../test/support/tokens.ts';
import { catalog } from '../src/service.ts';

export interface CatalogUnderTest extends Pick<TestDatabase, 'db' | 'close'> {
  built: UnderTest<object>['built'];
  /** GETs a path, and holds the answer against the OpenAPI document. */
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  /** Sends a request by the catalogue's staff; a POST has a new key, unless `headers` have one. */
  ask(method: Method, path: string, sent?: Sent): Promise<Response>;
  /** What the media binding keeps: file name → data URL. */
  files: Map<string, string>;
  /** Delivers an event as the sidecar does. */
  deliver(
    type: 'stock.changed' | 'price.changed',
    version: number,
    payload: Record<string, unknown>,
  ): Promise<void>;
  /** Forgets all answers, by an event about nothing that the test looks at. */
  forget(): Promise<void>;
}

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

export interface Sent {
  body?: string | object | undefined;
  headers?: Record<string, string>;
}

/** The binding's two operations over `files`. */
function mediaBinding(files: Map<string, string>) {
  return async (_name: string, operation: string, data: unknown, metadata: Record<string, string> = {}) => {
    const file = metadata.fileName!;
    if (operation === 'create') files.set(file, data as string);
    return files.get(file) ?? refuse('unavailable');
  };
}

/** Opens it; call `close` at the end. */
export async function openCatalog(): Promise<CatalogUnderTest> {
  const { db, close } = await openTestDatabase('catalog');
  const files = new Map<string, string>();
  const { app, built } = buildUnderTest(catalog, {
    ...{ db, env: { OPENAPI_FILE: '/dev/null/none' } },
    dapr: { bind: mediaBinding(files) },
  });
  // It listens once: supertest would open a server of its own for each of a thousand requests.
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const check = await openApiChecker(server);
  const staff = await asStaff(['catalogue']);
  const opened: CatalogUnderTest = {
    db,
    async close() {
      server.close();
      await close();
    },
    built,
    files,
    async ask(method, path, { body, headers = {} } = {}) {
      const key = method === 'post' ? { 'idempotency-key': newId() } : {};
      const request = supertest(server)
        [method](path)
        .set({ ...staff, ...key, ...headers });
      return check(await (body === undefined ? request : request.send(body)));
    },
    get: async (path, headers = {}) => check(await supertest(server).get(path).set(headers)),
    async deliver(type, version, payload) {
      const data = { id: newId(), type, at: new Date().toISOString(), subject: 'x', version, payload };
      await supertest(server).post(`/events/${type}`).set(sidecarHeaders()).send({ data }).expect(200);
    },
    forget: () => {
      const price = { amount: 1, currency: 'EUR' };
      return opened.deliver('price.changed', 1, { sku: 'NOBODY-HAS-IT', currency: 'EUR', price });
    },
  };
  return opened;
}

/** What has been announced, oldest first. */
export async function announced({ db }: Pick<CatalogUnderTest, 'db'>) {
  const rows = await db('outbox').select('data').orderBy('id');
  return rows.map(({ data }) => {
    const { type, subject, version, payload } = JSON.parse(data);
    return { type, subject, version, payload };
  });
}

/** What the audit log says was done, oldest first. */
export async function audited({ db }: Pick<CatalogUnderTest, 'db'>) {
  const rows = await db('audit_log')
    .select('action', 'entity_id', 'change_before', 'change_after')
    .orderBy('seq');
  return rows.map(({ action, entity_id, change_before, change_after }) => ({
    action,
    entityId: entity_id,
    before: JSON.parse(change_before),
    after: JSON.parse(change_after),
  }));
}

/** A good body of POST /admin/products. */
export function newProduct(parts: Record<string, unknown> = {}) {
  return {
    ...{ slug: 'copper-pot', name: 'Copper Pot', brand: 'Khan Nour', category: 'kitchen' },
    ...{ description: 'Holds two litres.', taxClass: 'standard', attributes: { metal: 'copper', litres: 2 } },
    variants: [{ sku: 'POT-1', options: { size: 'small' }, weightGrams: 900 }],
    ...parts,
  };
}

/** The slugs of a list's items. */
export function slugsOf({ body }: Response): string[] {
  return body.items.map(({ slug }: { slug: string }) => slug);
}
