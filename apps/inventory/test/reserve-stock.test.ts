/** Reserving on a real MariaDB: never too many, never half, once an order, few statements. */
import { newId } from '@souk/kit/identifier';
import { isRefusal } from '@souk/kit/problem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { releaseStock } from '../src/release-stock.ts';
import { reserveStock } from '../src/reserve-stock.ts';
import { sellStock } from '../src/sell-stock.ts';
import {
  breaches,
  countStatements,
  line,
  openStock,
  orderEvent,
  persistently,
  type StockUnderTest,
} from './stock-under-test.ts';

let stock: StockUnderTest;
beforeAll(async () => {
  stock = await openStock();
});
afterAll(() => stock.close());

describe('reserving stock', () => {
  it.each([1, 2, 3])('sells exactly 10 pieces to 200 buyers at once (round %i)', async (round) => {
    const sku = `FLASH-${round}`;
    await stock.fill({ [sku]: 10 });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 200 }, () => {
        const order = { orderId: newId(), lines: [line(sku)] };
        return persistently(() => reserveStock(stock.deps, order));
      }),
    );
    const refused = outcomes.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
    expect(outcomes.length - refused.length).toBe(10);
    expect(refused.every(({ reason }) => isRefusal(reason, 'out-of-stock'))).toBe(true);
    expect(await stock.level(sku)).toMatchObject({ onHand: 10, reserved: 10 });
    expect(await breaches(stock.deps.db)).toEqual([]);
  });

  it('lets crossed baskets through without a collision that anybody sees', async () => {
    const skus = ['CROSS-A', 'CROSS-B', 'CROSS-C', 'CROSS-D'];
    await stock.fill(Object.fromEntries(skus.map((sku) => [sku, 1_000])));
    await Promise.all(
      Array.from({ length: 120 }, (_, index) => {
        const lines = skus.map((sku) => line(sku)).slice(index % 2);
        const order = { orderId: newId(), lines: index % 3 ? lines : lines.toReversed() };
        return persistently(() => reserveStock(stock.deps, order));
      }),
    );
    expect(await stock.level('CROSS-B')).toMatchObject({ reserved: 120 });
    expect(await breaches(stock.deps.db)).toEqual([]);
  });

  it('holds all lines or none, and says which were short', async () => {
    await stock.fill({ 'HALF-A': 5, 'HALF-B': 1 });
    const lines = [line('HALF-B', 2), line('HALF-A', 5), line('HALF-UNKNOWN')];
    const refused = reserveStock(stock.deps, { orderId: newId(), lines });
    await expect(refused).rejects.toMatchObject({
      code: 'out-of-stock',
      extra: {
        lines: [
          { sku: 'HALF-B', wanted: 2, available: 1 },
          { sku: 'HALF-UNKNOWN', wanted: 1, available: 0 },
        ],
      },
    });
    expect(await stock.level('HALF-A')).toMatchObject({ reserved: 0, version: 1 });
    expect(await breaches(stock.deps.db)).toEqual([]);
  });

  it('reserves once for an order, however often and at once it is asked', async () => {
    await stock.fill({ 'TWICE-A': 10 });
    const orderId = newId();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => reserveStock(stock.deps, { orderId, lines: [line('TWICE-A', 3)] })),
    );
    expect(new Set(answers.map(({ state }) => state))).toEqual(new Set(['reserved']));
    expect(await stock.level('TWICE-A')).toMatchObject({ reserved: 3 });
  });

  it('tells a late repetition that the order has been sold', async () => {
    await stock.fill({ 'LATE-A': 2 });
    const orderId = newId();
    await reserveStock(stock.deps, { orderId, lines: [line('LATE-A')] });
    await sellStock(stock.deps, orderEvent('order.confirmed', orderId));
    expect(await reserveStock(stock.deps, { orderId, lines: [line('LATE-A')] })).toEqual({
      orderId,
      state: 'sold',
    });
  });

  it('lets the buyer of the last piece try again after a release', async () => {
    await stock.fill({ 'LAST-A': 1 });
    const first = newId();
    await reserveStock(stock.deps, { orderId: first, lines: [line('LAST-A')] });
    await releaseStock(stock.deps, first);
    await reserveStock(stock.deps, { orderId: newId(), lines: [line('LAST-A')] });
    expect(await stock.level('LAST-A')).toMatchObject({ reserved: 1 });
  });

  it('takes 5 statements for 3 lines, and 5 for 50', async () => {
    const skus = Array.from({ length: 50 }, (_, index) => `MANY-${index + 100}`);
    await stock.fill(Object.fromEntries(skus.map((sku) => [sku, 5])));
    const lines = skus.map((sku) => line(sku));
    const reserve = (part: typeof lines) => () => reserveStock(stock.deps, { orderId: newId(), lines: part });
    expect(await countStatements(stock.deps.db, reserve(lines.slice(0, 3)))).toBe(5);
    expect(await countStatements(stock.deps.db, reserve(lines))).toBe(5);
  });
});
