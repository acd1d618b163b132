/** A customer's whole way through the shop, from the first mail to being forgotten, through the ingress alone. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { closeBackRoom, newArticle, providerLedger, untilShopIsUp } from '../support/back-room.ts';
import { openEventStream } from '../support/event-stream.ts';
import { placesOf } from '../support/personal-data.ts';
import { addressIn, api, eventually, type Json, mailsTo, send } from '../support/shop.ts';
import { staff } from '../support/staff.ts';

const email = `customer-${randomUUID()}@example.org`;
const password = `correct horse ${randomUUID()}`;
/** An event may come 15 s late when its listener has just been away (docs/decisions/0012-app-health.md). */
const lateMs = 40_000;
/** A name and a street that nobody else in the shop has. */
const name = `Ada ${randomUUID().slice(0, 8)}`;
const street = `Marktgasse ${randomUUID().slice(0, 8)}`;

let bearer: { authorization: string };
let article: { sku: string };
let order: Json;

const key = () => ({ 'idempotency-key': randomUUID() });
const mailAbout = (words: RegExp): Promise<Json> =>
  eventually(async () => (await mailsTo(email)).find(({ subject }: Json) => words.test(subject)), lateMs);

beforeAll(async () => {
  await untilShopIsUp();
  article = await newArticle({ stock: 10 });
});
afterAll(() => closeBackRoom());

it('registers, cannot log in before the address is verified, and then can', async () => {
  const registered = await send('POST', '/customers', { body: { email, password, name } });
  expect(registered.status).toBe(201);
  const early = await send('POST', '/sessions', { body: { email, password } });
  expect(early.body.code).toMatch(/email-not-verified|invalid-credentials/);
  const mail = await mailAbout(/confirm/i);
  const token = /#([A-Za-z0-9_.-]+)/.exec(mail.text)?.[1];
  expect((await send('PUT', `/email-verifications/${token}`)).status).toBe(204);
  const session = await send('POST', '/sessions', { body: { email, password } });
  expect(session.status).toBe(201);
  bearer = { authorization: `Bearer ${session.body.accessToken}` };
  expect((await send('GET', '/me', { headers: bearer })).body).toMatchObject({ email, name });
});

it('takes along what they gathered as a guest', async () => {
  const guest = await send('POST', '/carts', {
    body: { currency: 'EUR', items: [{ sku: article.sku, quantity: 2 }] },
  });
  const own = await send('GET', '/me/cart', { headers: bearer });
  const body = { from: guest.body.id, fromToken: guest.body.token };
  const merged = await send('POST', `/carts/${own.body.id}/merge`, { headers: bearer, body });
  expect([merged.status, merged.body.changes]).toEqual([
    200,
    [expect.objectContaining({ sku: article.sku, from: 0, to: 2 })],
  ]);
  const again = await send('POST', `/carts/${own.body.id}/merge`, { headers: bearer, body });
  expect(again.status).toBe(200);
  const now = await send('GET', '/me/cart', { headers: bearer });
  expect(now.body.lines).toMatchObject([{ sku: article.sku, quantity: 2 }]);
});

it('buys, and finds the order among their own', async () => {
  const { id } = (await send('GET', '/me/cart', { headers: bearer })).body;
  const delivery = {
    email,
    address: { ...addressIn('DE'), name, line1: street },
    shippingMethod: 'standard',
  };
  expect((await send('PUT', `/carts/${id}/delivery`, { headers: bearer, body: delivery })).status).toBe(200);
  const quote = await send('GET', `/carts/${id}/quote`, { headers: bearer });
  const body = { cartId: id, quoteHash: quote.body.quoteHash, payment: { method: 'card', token: 'tok_ok' } };
  const placed = await send('POST', '/orders', { headers: { ...bearer, ...key() }, body });
  expect([placed.status, placed.body.state]).toEqual([201, 'confirmed']);
  order = placed.body;
  const list = await send('GET', '/orders', { headers: bearer });
  expect(list.body.items.map((one: Json) => one.id)).toEqual([order.id]);
  const fresh = await send('GET', '/me/cart', { headers: bearer });
  await eventually(async () => (await send('GET', '/me/cart', { headers: bearer })).body.id !== id, lateMs);
  expect(fresh.status).toBe(200);
});

it('follows the order live while staff dispatch and deliver it, and the money is captured once', async () => {
  const stream = await openEventStream(`${api}/orders/${order.id}/events`, bearer);
  await stream.until(({ data }) => data.state === 'confirmed');
  const owner = await staff();
  const shipped = { carrier: 'dhl', trackingNumber: 'JD014600003828' };
  const dispatch = () =>
    send('POST', `/admin/shipments/${order.id}/dispatch`, { headers: { ...owner, ...key() }, body: shipped });
  await eventually(async () => (await dispatch()).status === 200, lateMs);
  await stream.until(({ data }) => data.state === 'dispatched', lateMs);
  const lastId = stream.lastId();
  stream.close();
  const delivered = await send('POST', `/admin/shipments/${order.id}/delivery`, {
    headers: { ...owner, ...key() },
  });
  expect(delivered.status).toBe(200);
  // The connection was gone meanwhile: what came since is told first.
  const resumed = await openEventStream(`${api}/orders/${order.id}/events`, {
    ...bearer,
    'last-event-id': lastId,
  });
  const rest = await resumed.until(({ data }) => data.state === 'delivered', lateMs);
  expect(rest.map(({ data }) => data.state)).not.toContain('confirmed');
  resumed.close();
  await mailAbout(/on its way/);
  await mailAbout(/delivered|arrived/i);
  const captured = await eventually(async () => {
    const lines = await providerLedger(new Set([order.id]));
    return lines.some(({ type }: Json) => type === 'capture') && lines;
  }, lateMs);
  expect(captured.filter(({ type }: Json) => type === 'capture')).toMatchObject([
    { amount: order.total.amount },
  ]);
});

it('gets a part of the money back, and never more than was taken', async () => {
  const owner = await staff();
  const refund = (amount: number) =>
    send('POST', '/admin/refunds', {
      headers: { ...owner, ...key() },
      body: { orderId: order.id, amount: { amount, currency: 'EUR' } },
    });
  const first = await eventually(async () => {
    const answer = await refund(100);
    return answer.status === 201 && answer;
  }, lateMs);
  expect(first.body.amount).toMatchObject({ amount: 100 });
  const tooMuch = await refund(order.total.amount);
  expect([tooMuch.status, tooMuch.body.code]).toEqual([409, 'refund-too-high']);
  await mailAbout(/back|refund/i);
});

it('gets a copy of everything that the shop knows of them', async () => {
  const asked = await send('POST', '/me/exports', { headers: { ...bearer, ...key() } });
  expect(asked.status).toBe(202);
  const done = await eventually(async () => {
    const { body } = await send('GET', `/me/exports/${asked.body.id}`, { headers: bearer });
    return body.state === 'complete' && body;
  }, lateMs);
  const text = JSON.stringify(done);
  for (const known of [email, street, order.number]) expect(text).toContain(known);
});

it('is forgotten everywhere, while the order and its money stay', async () => {
  const asked = await send('DELETE', '/me', { headers: bearer });
  expect(asked.status).toBe(202);
  expect((await send('POST', '/sessions', { body: { email, password } })).status).toBe(401);
  const left = await eventually(async () => {
    const places = await placesOf([email, name, street]);
    if (places.length > 0) throw new Error(`still in ${places.join(', ')}`);
    return [places];
  }, 60_000);
  expect(left).toEqual([[]]);
  const kept = await send('GET', `/admin/orders/${order.id}`, { headers: await staff() });
  expect(kept.body).toMatchObject({ number: order.number, total: order.total });
});
