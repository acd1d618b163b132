/** Buyers at once: the same key, the same cart, the last pieces. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeBackRoom, untilShopIsUp } from '../support/back-room.ts';
import { cancel, eventually, place, placing, readOrder, sendSafely } from '../support/shop.ts';
import { beginExperiment } from './experiment.ts';

beforeAll(() => untilShopIsUp());
afterAll(() => closeBackRoom());

/** A POST answers within this, be it with 202. */
const answeredWithinMs = 10_000;
/** What was accepted ends within this: how soon depends on the machine, and perf/k6 has the flash sale's bar. */
const endsWithinMs = 30_000;

describe('buyers at once', () => {
  it('fifty requests with one key make one order and get one answer', async () => {
    const experiment = await beginExperiment(60);
    const cart = await experiment.cart();
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 50 }, () => place(cart, { key })));
    for (const answer of answers) experiment.note(answer);
    const made = answers.filter(({ status }) => status === 201);
    expect(made.length).toBeGreaterThan(0);
    expect(new Set(made.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    for (const { status, body, headers } of answers.filter((answer) => answer.status !== 201)) {
      expect([status, body.code]).toEqual([409, 'idempotency-key-in-use']);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect((await experiment.conclude()).orders).toHaveLength(1);
  });

  it('eight keys on one cart charge it once', async () => {
    const experiment = await beginExperiment(60);
    const cart = await experiment.cart();
    const answers = await Promise.all(Array.from({ length: 8 }, () => place(cart)));
    for (const answer of answers) experiment.note(answer);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    for (const { status, body } of answers.filter((answer) => answer.status !== 201)) {
      expect(status).toBe(409);
      expect(['order-in-progress', 'already-ordered']).toContain(body.code);
    }
    await experiment.conclude();
  });

  it('twenty pieces wanted by 170 buyers: exactly twenty are sold, the rest is told so', async () => {
    const pieces = 20;
    const experiment = await beginExperiment(pieces);
    const carts = [];
    for (let i = 0; i < pieces + 150; i += 10) {
      carts.push(...(await Promise.all(Array.from({ length: 10 }, () => experiment.cart()))));
    }
    const answers = await Promise.all(
      carts.map(async (cart) => {
        const answer = await sendSafely('POST', '/orders', { ...placing(cart), timeoutMs: answeredWithinMs });
        experiment.note(answer);
        if (answer.status !== 202) return answer;
        // Accepted under load: the order itself says how it ended.
        const order = await eventually(async () => {
          const current = await readOrder(answer.body);
          return ['confirmed', 'cancelled'].includes(current.state) && current;
        }, endsWithinMs);
        return {
          status: order.state === 'confirmed' ? 201 : 409,
          body: { code: order.cancellation?.reason },
        };
      }),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(pieces);
    const told = answers.filter(({ status }) => status === 409).map(({ body }) => body.code);
    expect(told).toEqual(Array.from({ length: 150 }, () => 'out-of-stock'));
    const facts = await experiment.conclude();
    expect(facts.stock[experiment.article.sku]!.onHand).toBe(0);
  });

  it('cancels against an authorise in flight: nothing stays held', async () => {
    const experiment = await beginExperiment(10);
    for (let i = 0; i < 5; i += 1) {
      const cart = await experiment.cart();
      const placed = await place(cart, { card: i % 2 ? 'tok_late' : 'tok_3ds' });
      experiment.note(placed);
      expect(placed.status).toBe(202);
      const cancelled = await cancel(placed.body);
      expect([200, 202]).toContain(cancelled.status);
    }
    const facts = await experiment.conclude();
    expect(facts.orders.map(({ state }) => state)).toEqual(Array.from({ length: 5 }, () => 'cancelled'));
  });
});
