/** A guest buys: the journeys that every release must pass, through the ingress with everything up. */
import { randomUUID } from 'node:crypto';
import { inTransaction } from '@souk/kit/db';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changePrice } from '../../apps/pricing/src/change-price.ts';
import {
  closeBackRoom,
  newArticle,
  providerLedger,
  schema,
  stockOf,
  untilShopIsUp,
} from '../support/back-room.ts';
import {
  cancel,
  eventually,
  type Json,
  mailsTo,
  orderIn,
  place,
  readOrder,
  readyCart,
  send,
} from '../support/shop.ts';

beforeAll(() => untilShopIsUp());
afterAll(() => closeBackRoom());

/** Σ of what the provider holds for an order: authorised − voided. */
async function heldFor(orderId: string): Promise<number> {
  const lines = await providerLedger(new Set([orderId]));
  return lines.reduce((sum: number, { type, amount }: Json) => {
    if (type === 'authorise') return sum + amount;
    return type === 'void' ? sum - amount : sum;
  }, 0);
}

/** What the 3-D Secure page does when the buyer presses a button; 409 if the payment has been voided meanwhile. */
async function answerChallenge(url: string, outcome: 'approve' | 'refuse'): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `outcome=${outcome}`,
  });
  expect([200, 303, 409]).toContain(response.status);
}

describe('a guest', () => {
  it('buys: the order is confirmed, the stock sold, the cart closed, the money held, one mail sent', async () => {
    const article = await newArticle({ stock: 5 });
    const cart = await readyCart({ lines: [{ sku: article.sku, quantity: 2 }] });
    const placed = await place(cart);
    expect([placed.status, placed.body.state]).toEqual([201, 'confirmed']);
    expect(placed.body.total).toEqual(cart.quote.total);
    await eventually(async () => {
      expect(await stockOf(article.sku)).toEqual({ onHand: 3, reserved: 0 });
      const closed = await send('GET', `/carts/${cart.id}`, { headers: { 'cart-token': cart.token } });
      expect(closed.body.closedBy).toBe(placed.body.id);
      expect(await mailsTo(cart.email)).toHaveLength(1);
      return true;
    });
    const [mail] = await mailsTo(cart.email);
    expect(mail.subject).toContain(placed.body.number);
    expect(await heldFor(placed.body.id)).toBe(cart.quote.total.amount);
    const detail = await eventually(async () => {
      const shown = await send('GET', `/products/${article.slug}?currency=EUR&country=DE`);
      return shown.body.variants?.[0]?.available === 3 && shown;
    });
    expect(detail.status).toBe(200);
  });

  it('gets the same answer to the same key, and one order', async () => {
    const article = await newArticle({ stock: 5 });
    const cart = await readyCart({ lines: [{ sku: article.sku, quantity: 1 }] });
    const key = randomUUID();
    const [first, second] = [await place(cart, { key }), await place(cart, { key })];
    expect(second.status).toBe(201);
    expect(second.body).toEqual(first.body);
  });

  it('is declined, and buys the last piece with another card', async () => {
    const article = await newArticle({ stock: 1 });
    const cart = await readyCart({ lines: [{ sku: article.sku, quantity: 1 }] });
    const declined = await place(cart, { card: 'tok_declined' });
    expect([declined.status, declined.body.code]).toEqual([402, 'payment-declined']);
    const second = await place(cart);
    expect([second.status, second.body.state]).toEqual([201, 'confirmed']);
    expect(await heldFor(declined.body.orderId)).toBe(0);
  });

  it('proves who they are (3-D Secure) and has the order', async () => {
    const article = await newArticle({ stock: 2 });
    const cart = await readyCart({ lines: [{ sku: article.sku, quantity: 1 }] });
    const placed = await place(cart, { card: 'tok_3ds' });
    expect([placed.status, placed.body.state]).toEqual([202, 'requires-action']);
    await answerChallenge(placed.body.action.url, 'approve');
    const order = await orderIn(placed.body, 'confirmed');
    expect(order.history.map(({ state }: Json) => state)).toEqual([
      'pending',
      'requires-action',
      'confirmed',
    ]);
    await eventually(async () => (await mailsTo(cart.email)).length === 1);
  });

  it('refuses the challenge, and the order is cancelled with nothing held', async () => {
    const article = await newArticle({ stock: 2 });
    const cart = await readyCart({ lines: [{ sku: article.sku, quantity: 1 }] });
    const placed = await place(cart, { card: 'tok_3ds' });
    await answerChallenge(placed.body.action.url, 'refuse');
    const order = await orderIn(placed.body, 'cancelled');
    expect(order.cancellation.reason).toBe('payment-declined');
    expect(await stockOf(article.sku)).toEqual({ onHand: 2, reserved: 0 });
  });

  it.each(['tok_timeout', 'tok_late'])(
    'waits in doubt (%s) with 202 pending, and the late success confirms',
    async (card) => {
      const article = await newArticle({ stock: 2 });
      const cart = await readyCart({ lines: [{ sku: article.sku, quantity: 1 }] });
      const startedMs = Date.now();
      const placed = await place(cart, { card });
      expect([placed.status, placed.body.state]).toEqual([202, 'pending']);
      expect(Date.now() - startedMs).toBeLessThan(4_000);
      expect(placed.headers.get('location')).toBe(`/api/v1/orders/${placed.body.id}`);
      await orderIn(placed.body, 'confirmed', 45_000);
      expect(await heldFor(placed.body.id)).toBe(cart.quote.total.amount);
      await eventually(async () => (await mailsTo(cart.email)).length === 1);
    },
  );

  it('comes back from 3-D Secure after the order has expired: nothing is held', async () => {
    const article = await newArticle({ stock: 2 });
    const cart = await readyCart({ lines: [{ sku: article.sku, quantity: 1 }] });
    const placed = await place(cart, { card: 'tok_3ds' });
    const due = { expires_at: new Date(Date.now() - 1_000), next_try_at: new Date() };
    await schema('orders')('orders').where({ id: placed.body.id }).update(due);
    const order = await orderIn(placed.body, 'cancelled');
    expect(order.cancellation.reason).toBe('expired');
    await answerChallenge(placed.body.action.url, 'approve');
    await eventually(async () => {
      expect(await heldFor(placed.body.id)).toBe(0);
      expect(await stockOf(article.sku)).toEqual({ onHand: 2, reserved: 0 });
      return true;
    });
    expect((await readOrder(placed.body)).state).toBe('cancelled');
    expect(await mailsTo(cart.email)).toEqual([]);
  });

  it('is told when the price has changed, and may accept the new one', async () => {
    const article = await newArticle({ stock: 2, price: 1_000 });
    const cart = await readyCart({ lines: [{ sku: article.sku, quantity: 1 }] });
    const prices = [{ amount: 1_300, currency: 'EUR' as const }];
    await inTransaction(schema('pricing'), (tx) => changePrice(tx, { sku: article.sku, prices }));
    const refused = await place(cart);
    expect([refused.status, refused.body.code]).toEqual([409, 'price-changed']);
    expect(refused.body.quote.lines[0].unitPrice.amount).toBe(1_300);
    const accepted = await place(cart, { quoteHash: refused.body.quote.quoteHash });
    expect(accepted.status).toBe(201);
    expect(accepted.body.total).toEqual(refused.body.quote.total);
    await eventually(async () => {
      const shown = await send('GET', `/products/${article.slug}?currency=EUR&country=DE`);
      return shown.body.variants[0].price.amount === 1_300;
    });
  });

  it('is told what is out of stock, and how many are left', async () => {
    const article = await newArticle({ stock: 1 });
    const cart = await readyCart({ lines: [{ sku: article.sku, quantity: 2 }] });
    const refused = await place(cart);
    expect([refused.status, refused.body.code]).toEqual([409, 'out-of-stock']);
    expect(refused.body.lines).toEqual([{ sku: article.sku, wanted: 2, available: 1 }]);
    expect(await stockOf(article.sku)).toEqual({ onHand: 1, reserved: 0 });
  });

  it('cancels a confirmed order: the money is voided, the stock back, one mail for each', async () => {
    const article = await newArticle({ stock: 3 });
    const cart = await readyCart({ lines: [{ sku: article.sku, quantity: 2 }] });
    const placed = await place(cart);
    const cancelled = await cancel(placed.body);
    expect([cancelled.status, cancelled.body.state]).toEqual([200, 'cancelled']);
    expect(await heldFor(placed.body.id)).toBe(0);
    await eventually(async () => {
      expect(await stockOf(article.sku)).toEqual({ onHand: 3, reserved: 0 });
      expect(await mailsTo(cart.email)).toHaveLength(2);
      return true;
    });
  });
});
