/** What staff do with stock: receipts and corrections, once each, audited, and never at the cost of an order. */
import { randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { firstBrokenRow } from '@souk/back-office/audit';
import type { Role } from '@souk/contracts/permissions';
import { newId } from '@souk/kit/identifier';
import { isRefusal } from '@souk/kit/problem';
import supertest, { type Response } from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApiChecker } from '../../../test/support/openapi-check.ts';
import { buildUnderTest } from '../../../test/support/service-under-test.ts';
import { asStaff } from '../../../test/support/tokens.ts';
import { announceStock } from '../src/announce-stock.ts';
import { reserveStock } from '../src/reserve-stock.ts';
import { inventory } from '../src/service.ts';
import { breaches, line, openStock, type StockUnderTest } from './stock-under-test.ts';

let stock: StockUnderTest;
let app: RequestListener;
let documented: (response: Response) => Response;
const clerk = newId();
beforeAll(async () => {
  stock = await openStock();
  app = buildUnderTest(inventory, { db: stock.deps.db }).app;
  documented = await openApiChecker(app);
});
afterAll(() => stock?.close());

const get = async (path: string, roles: Role[] = ['warehouse']) =>
  documented(
    await supertest(app)
      .get(path)
      .set(await asStaff(roles)),
  );
async function post(path: string, body: unknown, given: { key?: string; roles?: Role[] } = {}) {
  const { key = randomUUID(), roles = ['warehouse'] } = given;
  const headers = { ...(await asStaff(roles, clerk)), ...(key && { 'idempotency-key': key }) };
  return documented(
    await supertest(app)
      .post(path)
      .set(headers)
      .send(body as object),
  );
}
const receive = (sku: string, body: unknown, given = {}) => post(`/admin/stock/${sku}/receipts`, body, given);
const correct = (sku: string, body: unknown, given = {}) =>
  post(`/admin/stock/${sku}/corrections`, body, given);
const reserve = (sku: string, quantity = 1) =>
  reserveStock(stock.deps, { orderId: newId(), lines: [line(sku, quantity)] });

/** What the audit log has on a SKU, oldest first. */
async function auditOf(sku: string) {
  const rows = await stock.deps
    .db('audit_log')
    .select('actor', 'action', 'change_before', 'change_after')
    .where({ entity_id: sku })
    .orderBy('seq');
  return rows.map(({ actor, action, change_before, change_after }) => ({
    actor,
    action,
    before: JSON.parse(change_before),
    after: JSON.parse(change_after),
  }));
}

describe('a receipt', () => {
  it('adds pieces, begins the level of a new SKU, is audited, and the shop is told', async () => {
    const first = await receive('NEW-A', { quantity: 10, reference: 'delivery note 7' });
    expect([first.status, first.body.onHand, first.body.available]).toEqual([201, 10, 10]);
    await reserve('NEW-A', 2);
    const second = await receive('NEW-A', { quantity: 5 });
    expect(second.body).toMatchObject({ sku: 'NEW-A', onHand: 15, reserved: 2, available: 13, version: 3 });
    expect(await auditOf('NEW-A')).toEqual([
      {
        actor: clerk,
        action: 'stock.received',
        before: { onHand: 0 },
        after: { onHand: 10, movementId: first.body.movementId },
      },
      {
        actor: clerk,
        action: 'stock.received',
        before: { onHand: 10 },
        after: { onHand: 15, movementId: second.body.movementId },
      },
    ]);
    await announceStock(stock.deps);
    const rows = await stock.deps.db('outbox').where({ topic: 'stock.changed' }).orderBy('id').pluck('data');
    expect(JSON.parse(rows.at(-1)!).payload.levels).toContainEqual(
      expect.objectContaining({ sku: 'NEW-A', available: 13 }),
    );
  });

  it('with the same key counts once, however often and at once it is sent', async () => {
    const key = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => receive('KEY-A', { quantity: 3 }, { key })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ body }) => body.movementId)).size).toBe(1);
    expect(await stock.level('KEY-A')).toMatchObject({ onHand: 3 });
    expect(await auditOf('KEY-A')).toHaveLength(1);
    expect((await receive('KEY-A', { quantity: 4 }, { key })).body.code).toBe('idempotency-key-reused');
    expect((await receive('KEY-B', { quantity: 3 }, { key })).body.code).toBe('idempotency-key-reused');
    expect((await receive('KEY-A', { quantity: 3 }, { key: '' })).body.code).toBe('idempotency-key-required');
  });

  it('of a delivery that has been booked is refused, also when both come at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => receive('NOTE-A', { quantity: 2, reference: 'note 8' })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array(9).fill(409)]);
    expect(answers.find(({ status }) => status === 409)!.body.code).toBe('already-exists');
    expect(await stock.level('NOTE-A')).toMatchObject({ onHand: 2, version: 1 });
    expect((await receive('NOTE-B', { quantity: 2, reference: 'note 8' })).status).toBe(201);
  });

  it.each([
    ['nothing', { quantity: 0 }],
    ['less than nothing', { quantity: -1 }],
    ['a fraction', { quantity: 1.5 }],
    ['too many', { quantity: 1_000_001 }],
    ['a number as text', { quantity: '1' }],
    ['an empty reference', { quantity: 1, reference: '' }],
    ['a long reference', { quantity: 1, reference: 'x'.repeat(65) }],
    ['an unknown field', { quantity: 1, price: 1 }],
    ['a list', []],
  ])('refuses %s', async (_what, body) => {
    const { status, body: answer } = await receive('BAD-A', body);
    expect([status, answer.code]).toEqual([400, 'invalid-request']);
    expect(await stock.deps.db('stock_levels').where({ sku: 'BAD-A' })).toEqual([]);
  });

  it('refuses more than a shelf can hold, and leaves no trace of it', async () => {
    await stock.deps.db('stock_levels').insert({ sku: 'FULL-A', on_hand: 99_999_999 });
    await stock.deps
      .db('stock_movements')
      .insert({ id: newId(), sku: 'FULL-A', kind: 'receipt', delta: 99_999_999, reference: 'all' });
    const { status, body } = await receive('FULL-A', { quantity: 2 });
    expect([status, body.errors[0].pointer]).toEqual([400, '/body/quantity']);
    expect(await auditOf('FULL-A')).toEqual([]);
    expect(await breaches(stock.deps.db)).toEqual([]);
  });
});

describe('a correction', () => {
  it('takes a difference or a count, with its reason, and says nothing when the count was right', async () => {
    await stock.fill({ 'COUNT-A': 10 });
    const broken = await correct('COUNT-A', { delta: -2, reason: 'two broken' });
    expect([broken.status, broken.body.onHand]).toEqual([201, 8]);
    const counted = await correct('COUNT-A', { onHand: 11, reason: 'counted' });
    expect([counted.status, counted.body.onHand]).toEqual([201, 11]);
    const right = await correct('COUNT-A', { onHand: 11, reason: 'counted again' });
    expect([right.status, right.body.movementId, right.body.version]).toEqual([200, null, 3]);
    expect((await auditOf('COUNT-A')).map(({ before, after }) => [before.onHand, after.onHand])).toEqual([
      [10, 8],
      [8, 11],
    ]);
    const { body } = await get('/admin/stock/COUNT-A/movements');
    expect(body.items.map(({ delta, reason }: { delta: number; reason: string }) => [delta, reason])).toEqual(
      [
        [3, 'counted'],
        [-2, 'two broken'],
        [10, null],
      ],
    );
  });

  it('never takes what orders hold, and says how much that is', async () => {
    await stock.fill({ 'HELD-A': 5 });
    await reserve('HELD-A', 4);
    for (const finding of [{ delta: -2 }, { onHand: 3 }, { onHand: 0 }]) {
      const { status, body } = await correct('HELD-A', { ...finding, reason: 'lost' });
      expect([status, body.code, body.onHand, body.reserved]).toEqual([409, 'stock-too-low', 5, 4]);
    }
    expect((await correct('HELD-A', { onHand: 4, reason: 'lost' })).status).toBe(201);
    expect(await auditOf('HELD-A')).toHaveLength(1);
  });

  it('of what is not kept is not found', async () => {
    expect((await correct('NO-SUCH', { delta: 1, reason: 'found' })).status).toBe(404);
  });

  it.each([
    ['neither', { reason: 'x' }],
    ['both', { delta: 1, onHand: 1, reason: 'x' }],
    ['no reason', { delta: 1 }],
    ['a blank reason', { delta: 1, reason: ' ' }],
    ['a difference of nothing', { delta: 0, reason: 'x' }],
    ['a negative count', { onHand: -1, reason: 'x' }],
    ['a fraction', { onHand: 1.5, reason: 'x' }],
    ['more than a number holds', { delta: 1e300, reason: 'x' }],
  ])('refuses %s', async (_what, body) => {
    const { status, body: answer } = await correct('BAD-A', body);
    expect([status, answer.code]).toEqual([400, 'invalid-request']);
  });
});

describe('receipts, corrections and reservations at once', () => {
  it('lose no piece, refuse nobody without reason, and leave a chain that holds', async () => {
    await stock.fill({ 'RUSH-A': 20, 'RUSH-B': 20 });
    const [receipts, corrections]: [Response[], Response[]] = [[], []];
    const step = async (index: number) => {
      const sku = index % 2 ? 'RUSH-A' : 'RUSH-B';
      const found = index % 5 ? { delta: index % 3 ? -1 : 1 } : { onHand: 15 };
      const reservation = reserve(sku).catch((error) => {
        if (!isRefusal(error)) throw error;
      });
      const correction = correct(sku, { ...found, reason: 'counted' });
      receipts.push(await receive(sku, { quantity: 2 }));
      corrections.push(await correction);
      await reservation;
    };
    // As many at once as do not have to wait for a connection until the service says that it has none.
    const clerkOf = async (first: number) => {
      for (let index = first; index < 50; index += 8) await step(index);
    };
    await Promise.all(Array.from({ length: 8 }, (_, first) => clerkOf(first)));
    expect(new Set(receipts.map(({ status }) => status))).toEqual(new Set([201]));
    expect(corrections.filter(({ status }) => ![200, 201, 409].includes(status))).toEqual([]);
    expect(await breaches(stock.deps.db)).toEqual([]);
    expect(await firstBrokenRow(stock.deps.db)).toBeUndefined();
    const rows = [...(await auditOf('RUSH-A')), ...(await auditOf('RUSH-B'))];
    const booked = [...receipts, ...corrections].filter(({ status }) => status === 201);
    expect(rows.map(({ after }) => after.movementId).toSorted()).toEqual(
      booked.map(({ body }) => body.movementId).toSorted(),
    );
  });
});

describe('the lists', () => {
  it('show levels by SKU, in pages, and those that run low', async () => {
    await stock.fill({ 'LIST-A': 5, 'LIST-B': 50, 'LIST-C': 7 });
    await reserve('LIST-C', 4);
    const { body } = await get('/admin/stock?sku=LIST-&limit=2');
    expect(body).toMatchObject({
      items: [{ sku: 'LIST-A', available: 5 }, { sku: 'LIST-B' }],
      nextCursor: 'LIST-B',
    });
    const rest = await get(`/admin/stock?sku=LIST-&limit=2&cursor=${body.nextCursor}`);
    expect(rest.body).toEqual({
      items: [{ sku: 'LIST-C', onHand: 7, reserved: 4, available: 3, version: 2 }],
      nextCursor: null,
    });
    const low = await get('/admin/stock?sku=LIST-&below=6');
    expect(low.body.items.map(({ sku }: { sku: string }) => sku)).toEqual(['LIST-A', 'LIST-C']);
  });

  it('show every movement of a SKU once, newest first', async () => {
    for (const quantity of [1, 2, 3, 4, 5]) await receive('MOVE-A', { quantity });
    const seen: number[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const next = cursor && `&cursor=${cursor}`;
      const { body } = await get(`/admin/stock/MOVE-A/movements?limit=2${next}`);
      seen.push(...body.items.map(({ delta }: { delta: number }) => delta));
      cursor = body.nextCursor;
    }
    expect(seen).toEqual([5, 4, 3, 2, 1]);
    expect((await get('/admin/stock/NO-SUCH/movements')).status).toBe(404);
  });

  it.each(['?below=-1', '?below=x', '?limit=0', '?sku=%25', '?sku=a', '?cursor=%27'])(
    'refuse %s',
    async (query) => {
      expect((await get(`/admin/stock${query}`)).body.code).toBe('invalid-request');
    },
  );
});

describe('staff', () => {
  it.each([
    ['catalogue', 'get', '/admin/stock', 200],
    ['catalogue', 'post', '/admin/stock/ROLE-A/receipts', 403],
    ['support', 'post', '/admin/stock/ROLE-A/corrections', 403],
    ['warehouse', 'get', '/admin/inventory/audit', 403],
    ['owner', 'get', '/admin/inventory/audit', 200],
    ['owner', 'get', '/admin/inventory/audit/check', 200],
    ['owner', 'get', '/admin/inventory/dead-events', 200],
  ] as const)('as %s: %s %s is answered %i', async (role, method, path, status) => {
    const answer =
      method === 'get' ? await get(path, [role]) : await post(path, { quantity: 1 }, { roles: [role] });
    expect(answer.status).toBe(status);
  });
});
