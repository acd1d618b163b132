/** What inventory keeps of an event that it could not apply: enough to apply it again, and nobody's name. */
import { newId } from '@souk/kit/identifier';
import supertest from 'supertest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildUnderTest, sidecarHeaders } from '../../../test/support/service-under-test.ts';
import { asStaff } from '../../../test/support/tokens.ts';
import { reserveStock } from '../src/reserve-stock.ts';
import { inventory } from '../src/service.ts';
import { line, openStock, type StockUnderTest } from './stock-under-test.ts';

let stock: StockUnderTest;
beforeAll(async () => {
  stock = await openStock();
});
afterAll(() => stock?.close());

it('a dead event of an order names nobody, and can still be applied', async () => {
  const { app } = buildUnderTest(inventory, { db: stock.deps.db });
  await stock.fill({ 'DEAD-A': 3 });
  const [id, orderId] = [newId(), newId()];
  await reserveStock(stock.deps, { orderId, lines: [line('DEAD-A', 2)] });
  const address = { name: 'Ada Byron', line1: 'Marktgasse 7', city: 'Bonn' };
  const payload = { orderId, customerId: newId(), email: 'ada@example.org', address };
  const type = 'order.confirmed';
  const data = { id, type, at: new Date().toISOString(), subject: orderId, version: 2, payload };
  await supertest(app)
    .post('/events/dead-letters')
    .set(sidecarHeaders())
    .send({ id, type, data })
    .expect(200);
  const kept = JSON.stringify(await stock.deps.db('dead_events').select('*'));
  expect(kept).toContain(orderId);
  expect(kept).not.toMatch(/ada@|Ada Byron|Marktgasse/);
  expect(kept).not.toContain(payload.customerId);
  await supertest(app)
    .post(`/admin/inventory/dead-events/${id}/redrive`)
    .set({ ...(await asStaff(['owner'])), 'idempotency-key': newId() })
    .expect(200);
  expect(await stock.level('DEAD-A')).toMatchObject({ onHand: 1, reserved: 0 });
});

it('a strange letter is kept as well', async () => {
  const { app } = buildUnderTest(inventory, { db: stock.deps.db });
  const id = newId();
  await supertest(app)
    .post('/events/dead-letters')
    .set(sidecarHeaders())
    .send({ id, type: 'order.confirmed', data: { payload: 'nothing' } })
    .expect(200);
  expect(await stock.deps.db('dead_events').where({ id })).toHaveLength(1);
});
