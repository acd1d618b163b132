/** Staff change a price and book stock through the ingress, and buyers meet it everywhere within 2 s. */
import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { closeBackRoom, newArticle } from '../support/back-room.ts';
import { type Answer, eventually, placing, readyCart, send, sendSafely } from '../support/shop.ts';
import { staff } from '../support/staff.ts';

/** The promise: a change is seen within 2 s. */
const seenWithinMs = 2_000;

afterAll(closeBackRoom);

async function ask(method: string, path: string, body?: unknown): Promise<Answer> {
  const key = method === 'POST' ? { 'idempotency-key': randomUUID() } : {};
  return send(method, path, { headers: { ...(await staff()), ...key }, ...(body !== undefined && { body }) });
}

const detail = async (slug: string) => (await send('GET', `/products/${slug}?currency=EUR&country=DE`)).body;

describe('what staff enter', () => {
  it('as a price is in list, detail and quote within 2 s, and in the audit log', async () => {
    const { sku, slug } = await newArticle({ stock: 5, price: 1_000 });
    const cart = await readyCart({ lines: [{ sku, quantity: 1 }] });
    const changed = await ask('PUT', `/admin/prices/${sku}`, {
      prices: [{ amount: 1_234, currency: 'EUR' }],
    });
    expect([changed.status, changed.body.prices[0].amount]).toEqual([200, 1_234]);
    await eventually(async () => (await detail(slug)).variants?.[0].price.amount === 1_234, seenWithinMs);
    await eventually(async () => {
      const { body } = await send('GET', `/products?currency=EUR&country=DE&q=${sku}`);
      return body.items[0]?.price.amount === 1_234;
    }, seenWithinMs);
    const refused = await sendSafely('POST', '/orders', placing(cart));
    expect([refused.body.code, refused.body.quote?.lines[0].unitPrice.amount]).toEqual([
      'price-changed',
      1_234,
    ]);
    const { body } = await ask('GET', `/admin/pricing/audit?entity=price&entityId=${sku}`);
    expect(body.items).toMatchObject([{ action: 'price.changed', after: changed.body.prices }]);
  });

  it('as a receipt can be bought, and as a correction can not take what an order holds', async () => {
    const { sku, slug } = await newArticle({ stock: 1 });
    const received = await ask('POST', `/admin/stock/${sku}/receipts`, { quantity: 4, reference: 'note 1' });
    expect([received.status, received.body.available]).toEqual([201, 5]);
    // Inventory tells of a SKU once a second at most, then catalog has its 2 s.
    await eventually(async () => (await detail(slug)).variants?.[0].available === 5, seenWithinMs + 1_000);
    const order = placing(await readyCart({ lines: [{ sku, quantity: 5 }] }));
    const placed = await sendSafely('POST', '/orders', order);
    expect([201, 202]).toContain(placed.status);
    await eventually(async () => {
      const { body } = await ask('GET', `/admin/stock/${sku}/movements`);
      return body.items.map(({ delta }: { delta: number }) => delta).join() === '-5,4,1';
    });
    const lost = await ask('POST', `/admin/stock/${sku}/corrections`, { delta: -1, reason: 'lost' });
    expect([lost.status, lost.body.code]).toEqual([409, 'stock-too-low']);
  });
});
