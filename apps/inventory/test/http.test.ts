/** Inventory's routes and events as its sidecar meets them; every answer is as documented. */

import type { RequestListener } from 'node:http';
import { newId } from '@souk/kit/identifier';
import supertest, { type Response } from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApiChecker } from '../../../test/support/openapi-check.ts';
import { buildUnderTest, sidecarHeaders } from '../../../test/support/service-under-test.ts';
import { inventory } from '../src/service.ts';
import { line, openStock, orderEvent, type StockUnderTest } from './stock-under-test.ts';

let stock: StockUnderTest;
let app: RequestListener;
let documented: (response: Response) => Response;
beforeAll(async () => {
  stock = await openStock();
  app = buildUnderTest(inventory, { db: stock.deps.db }).app;
  documented = await openApiChecker(app);
});
afterAll(() => stock.close());

const path = (orderId: string) => `/internal/reservations/${orderId}`;
const put = async (orderId: string, body: object, headers = sidecarHeaders('orders')) =>
  documented(await supertest(app).put(path(orderId)).set(headers).send(body));
const remove = async (orderId: string) =>
  documented(await supertest(app).delete(path(orderId)).set(sidecarHeaders('orders')));

describe('/internal/reservations', () => {
  it('reserves, repeats its answer, releases, and then refuses', async () => {
    await stock.fill({ 'HTTP-A': 3 });
    const orderId = newId();
    const body = { lines: [line('HTTP-A', 2)] };
    expect((await put(orderId, body)).body).toEqual({ orderId, state: 'reserved' });
    expect((await put(orderId, body)).status).toBe(200);
    expect((await remove(orderId)).status).toBe(204);
    expect((await remove(orderId)).status).toBe(204);
    const closed = await put(orderId, body);
    expect([closed.status, closed.body.code]).toEqual([409, 'order-closed']);
  });

  it('says how many pieces are left of what is short', async () => {
    await stock.fill({ 'HTTP-B': 1 });
    const { status, body } = await put(newId(), { lines: [line('HTTP-B', 2)] });
    expect([status, body.code]).toEqual([409, 'out-of-stock']);
    expect(body.lines).toEqual([{ sku: 'HTTP-B', wanted: 2, available: 1 }]);
  });

  it.each([
    ['no lines', { lines: [] }],
    ['a SKU twice', { lines: [line('HTTP-A'), line('HTTP-A')] }],
    ['a fraction', { lines: [line('HTTP-A', 1.5)] }],
    ['a negative quantity', { lines: [line('HTTP-A', -1)] }],
    ['an unknown field', { lines: [line('HTTP-A')], gift: true }],
  ])('refuses %s', async (_what, body) => {
    expect((await put(newId(), body)).body).toMatchObject({ status: 400, code: 'invalid-request' });
  });

  it('lets nobody in but orders through the sidecar', async () => {
    const body = { lines: [line('HTTP-A')] };
    expect((await put(newId(), body, sidecarHeaders('cart'))).status).toBe(403);
    expect((await put(newId(), body, { 'dapr-caller-app-id': 'orders' } as never)).status).toBe(401);
  });
});

describe('the events of orders', () => {
  it('sell a reservation and take a sale back, once each', async () => {
    await stock.fill({ 'HTTP-C': 5 });
    const orderId = newId();
    await put(orderId, { lines: [line('HTTP-C', 2)] });
    const deliver = async (type: 'order.confirmed' | 'order.cancelled') => {
      const { traceparent: _none, ...data } = orderEvent(type, orderId);
      const event = { specversion: '1.0', id: data.id, type, source: 'orders', data };
      for (const _time of ['once', 'again']) {
        await supertest(app).post(`/events/${type}`).set(sidecarHeaders()).send(event).expect(200);
      }
    };
    await deliver('order.confirmed');
    expect(await stock.level('HTTP-C')).toMatchObject({ onHand: 3, reserved: 0 });
    await deliver('order.cancelled');
    expect(await stock.level('HTTP-C')).toMatchObject({ onHand: 5, reserved: 0 });
  });
});
