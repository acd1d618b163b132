/** Staff's routes that every service has: dead events to look at and to send again, and the audit log. */
import { randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import type { Role } from '@souk/contracts/permissions';
import type { ReceivedEvent } from '@souk/kit/dapr-subscribe';
import { inTransaction } from '@souk/kit/db';
import { createApp } from '@souk/kit/http';
import { newId } from '@souk/kit/identifier';
import { createLog } from '@souk/kit/log';
import supertest, { type Response } from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openApiChecker } from '../../../test/support/openapi-check.ts';
import { asCustomer, asStaff, testKeys } from '../../../test/support/tokens.ts';
import { appendAudit } from '../src/audit.ts';
import { auditRoutes } from '../src/audit-routes.ts';
import { deadEventRoutes } from '../src/dead-event-routes.ts';
import { type BackOfficeDatabase, openBackOfficeDatabase } from './back-office-database.ts';

let office: BackOfficeDatabase;
let app: RequestListener;
let documented: (response: Response) => Response;
let applied: ReceivedEvent[] = [];
let obstacle: Error | undefined;
const log = createLog('inventory', { silent: true });

beforeAll(async () => {
  office = await openBackOfficeDatabase();
  const deps = { ...office.deps, log };
  const handlers = {
    'order.confirmed': async (event: ReceivedEvent) => {
      if (obstacle) throw obstacle;
      applied.push(event);
    },
  };
  const routes = [...deadEventRoutes('inventory', handlers, deps), ...auditRoutes('inventory', deps)];
  app = createApp({ service: 'inventory', routes, log, appToken: 'a-token-of-the-app', keys: testKeys });
  documented = await openApiChecker(app);
});
afterAll(() => office?.close());
beforeEach(async () => {
  applied = [];
  obstacle = undefined;
  await office.db('dead_events').delete();
  await office.db.raw('TRUNCATE TABLE audit_log');
});

const path = '/admin/inventory/dead-events';
const traceId = 'a'.repeat(32);

/** A dead order.confirmed, unless `type` says otherwise; answers its id. */
async function bury(type = 'order.confirmed'): Promise<string> {
  const id = newId();
  const event = { id, type, at: new Date().toISOString(), subject: id, version: 1, payload: { orderId: id } };
  await office
    .db('dead_events')
    .insert({ id, topic: type, event: JSON.stringify(event), reason: 'no such table', trace_id: traceId });
  return id;
}

const get = async (where: string, roles: Role[] = ['owner']) =>
  documented(
    await supertest(app)
      .get(where)
      .set(await asStaff(roles)),
  );
async function redrive(
  id: string,
  { key = randomUUID() as string, actor = newId(), roles = ['owner'] as Role[] } = {},
) {
  const headers = { ...(await asStaff(roles, actor)), ...(key && { 'idempotency-key': key }) };
  return documented(await supertest(app).post(`${path}/${id}/redrive`).set(headers));
}
const audited = () => office.db('audit_log').orderBy('seq').pluck('entity_id');

describe('dead events', () => {
  it('are listed newest first, page by page, with reason and trace', async () => {
    const ids = [await bury(), await bury(), await bury()];
    const first = await get(`${path}?limit=2`);
    expect(first.body.items.map(({ id }: { id: string }) => id)).toEqual([ids[2], ids[1]]);
    expect(first.body.items[0]).toMatchObject({
      topic: 'order.confirmed',
      reason: 'no such table',
      traceId,
      event: { payload: { orderId: ids[2] } },
    });
    const last = await get(`${path}?limit=2&cursor=${first.body.nextCursor}`);
    expect([last.body.items[0].id, last.body.nextCursor]).toEqual([ids[0], null]);
  });

  it('are applied again in their own trace, leave the list, and are audited', async () => {
    const id = await bury();
    const { status, body } = await redrive(id);
    expect([status, body]).toEqual([200, { id }]);
    expect(applied).toMatchObject([{ id, type: 'order.confirmed', payload: { orderId: id } }]);
    expect(applied[0]!.traceparent).toContain(traceId);
    expect((await get(path)).body.items).toEqual([]);
    expect(await audited()).toEqual([id]);
    expect((await redrive(id)).status).toBe(404);
  });

  it('stay when they fail again, with the reason of now in the answer', async () => {
    const id = await bury();
    obstacle = new Error('still no such table');
    const key = randomUUID();
    const { status, body } = await redrive(id, { key });
    expect([status, body.code, body.detail]).toEqual([409, 'still-failing', 'still no such table']);
    expect(await audited()).toEqual([]);
    obstacle = undefined;
    expect((await redrive(id, { key })).status).toBe(200);
  });

  it('stay when nobody listens to them any more', async () => {
    const id = await bury('order.delivered');
    expect((await redrive(id)).body.code).toBe('still-failing');
    expect((await get(path)).body.items).toHaveLength(1);
  });

  it('answer the same key the same, without being applied again', async () => {
    const id = await bury();
    const given = { key: randomUUID(), actor: newId() };
    await redrive(id, given);
    expect(await redrive(id, given)).toMatchObject({ status: 200, body: { id } });
    expect([applied.length, await audited()]).toEqual([1, [id]]);
    expect((await redrive(await bury(), given)).body.code).toBe('idempotency-key-reused');
  });

  it('that nobody knows are not found, and a key is asked for', async () => {
    expect((await redrive(newId())).status).toBe(404);
    expect((await redrive(await bury(), { key: '' })).body.code).toBe('idempotency-key-required');
    expect(applied).toEqual([]);
  });

  it.each(['catalogue', 'support', 'warehouse'] as const)('are not for %s', async (role) => {
    expect((await get(path, [role])).status).toBe(403);
    expect((await redrive(await bury(), { roles: [role] })).status).toBe(403);
  });

  it('are not for customers and strangers', async () => {
    expect(
      (
        await supertest(app)
          .get(path)
          .set(await asCustomer())
      ).status,
    ).toBe(403);
    expect((await supertest(app).get(path)).status).toBe(401);
  });
});

describe('the audit log of a service', () => {
  const change = (entityId: string, actor = newId()) => ({
    actor,
    action: 'stock.corrected',
    entity: 'stock',
    entityId,
    before: { onHand: 1 },
    after: { onHand: 2 },
  });
  const append = (entityId: string, actor?: string) =>
    inTransaction(office.db, (tx) => appendAudit(tx, change(entityId, actor)));

  it('is read newest first, page by page, by what and by whom', async () => {
    const actor = newId();
    await append('A');
    await append('B', actor);
    await append('A', actor);
    const first = await get('/admin/inventory/audit?limit=2');
    expect(first.body.items.map(({ seq }: { seq: number }) => seq)).toEqual([3, 2]);
    const last = await get(`/admin/inventory/audit?limit=2&cursor=${first.body.nextCursor}`);
    expect(last.body).toMatchObject({ items: [{ seq: 1, before: { onHand: 1 } }], nextCursor: null });
    const ofA = await get('/admin/inventory/audit?entity=stock&entityId=A');
    expect(ofA.body.items.map(({ seq }: { seq: number }) => seq)).toEqual([3, 1]);
    const byActor = await get(`/admin/inventory/audit?actor=${actor}`);
    expect(byActor.body.items.map(({ seq }: { seq: number }) => seq)).toEqual([3, 2]);
  });

  it('says whether it holds, and where it does not', async () => {
    await append('A');
    expect((await get('/admin/inventory/audit/check')).body).toEqual({ holds: true });
    await office.db.raw('DROP TRIGGER audit_log_no_update');
    await office.db('audit_log').update({ change_after: '{"onHand":3}' });
    expect((await get('/admin/inventory/audit/check')).body).toEqual({ holds: false, brokenAt: 1 });
  });
});
