/** A guest follows an order live through the ingress, while staff send it, and give a part of the money back. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newArticle, untilShopIsUp } from '../support/back-room.ts';
import { newStaff, type Person } from '../support/live-tokens.ts';
import { closeBelongings, livingKey } from '../support/sample-requests.ts';
import {
  api,
  eventually,
  mailsTo,
  type PlacedOrder,
  placing,
  readOrder,
  readyCart,
  send,
  sendSafely,
} from '../support/shop.ts';

let staff: Person;

beforeAll(async () => {
  await untilShopIsUp();
  staff = await newStaff(await livingKey(), ['owner']);
});
afterAll(() => closeBelongings());

const byStaff = (path: string, body?: object) =>
  sendSafely('POST', path, {
    headers: { ...staff.headers, 'idempotency-key': randomUUID() },
    ...(body && { body }),
  });

/** Reads until the stream ends, or until `enough` of its text has come. */
async function follow({ id, token }: PlacedOrder, lastEventId?: string, enough = (_text: string) => false) {
  const response = await fetch(`${api}/orders/${id}/events`, {
    headers: { 'order-token': token, ...(lastEventId && { 'last-event-id': lastEventId }) },
    signal: AbortSignal.timeout(60_000),
  });
  let text = '';
  if (response.status === 204) return { status: 204, states: [], ids: [] };
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (enough(text)) break;
  }
  const found = (pattern: RegExp) => [...text.matchAll(pattern)].map((match) => match[1]);
  return {
    status: response.status,
    states: found(/^data: \{"state":"([\w-]+)"/gm),
    ids: found(/^id: (\w+)$/gm),
  };
}

it('is told of every step, over a lost connection and a silence longer than a heartbeat', async () => {
  const { sku } = await newArticle({ stock: 5 });
  const cart = await readyCart({ lines: [{ sku, quantity: 1 }] });
  const placed = await sendSafely('POST', '/orders', placing(cart));
  expect(placed.status).toBe(201);
  const order: PlacedOrder = placed.body;

  const first = await follow(order, undefined, (text) => text.includes(': still here'));
  expect(first.states).toEqual(['pending', 'confirmed']);

  const following = follow(order, first.ids.at(-1));
  const tracking = { carrier: 'dhl', trackingNumber: 'JD014600' };
  await eventually(
    async () => (await send('GET', `/admin/shipments/${order.id}`, staff)).status === 200,
    30_000,
  );
  expect((await byStaff(`/admin/shipments/${order.id}/dispatch`, tracking)).status).toBe(200);
  await eventually(async () => (await readOrder(order)).paymentState === 'captured', 20_000);
  expect(await readOrder(order)).toMatchObject({ state: 'dispatched', shipment: tracking });
  const late = await send('POST', `/orders/${order.id}/cancellation`, {
    headers: { 'order-token': order.token, 'idempotency-key': randomUUID() },
  });
  expect([late.status, late.body.code]).toEqual([409, 'already-dispatched']);
  expect((await byStaff(`/admin/shipments/${order.id}/delivery`)).status).toBe(200);
  const second = await following;
  expect(second.states).toEqual(['dispatched', 'delivered']);
  expect(await follow(order, second.ids.at(-1))).toMatchObject({ status: 204 });

  const amount = { amount: 100, currency: 'EUR' };
  const refund = await byStaff('/admin/refunds', { orderId: order.id, amount });
  expect([refund.status, refund.body.amount]).toEqual([201, amount]);
  await eventually(async () => (await readOrder(order)).refunded.amount === 100);
  const tooMuch = await byStaff('/admin/refunds', { orderId: order.id, amount: cart.quote.total });
  expect([tooMuch.status, tooMuch.body.code]).toEqual([409, 'refund-too-high']);
  await eventually(async () => (await mailsTo(cart.email)).length === 4, 20_000);
}, 90_000);
