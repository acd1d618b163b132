/** Whatever happens in whatever order, no piece appears or vanishes. */
import { inTransaction } from '@souk/kit/db';
import { newId } from '@souk/kit/identifier';
import { isRefusal } from '@souk/kit/problem';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { correctStock, type Finding } from '../src/correct-stock.ts';
import { releaseStock } from '../src/release-stock.ts';
import { reserveStock } from '../src/reserve-stock.ts';
import { restockCancelled } from '../src/restock-cancelled.ts';
import { sellStock } from '../src/sell-stock.ts';
import { breaches, line, openStock, orderEvent, type StockUnderTest } from './stock-under-test.ts';

const skus = ['LAW-A', 'LAW-B', 'LAW-C'];
const orderCount = 5;

let stock: StockUnderTest;
beforeAll(async () => {
  stock = await openStock();
});
afterAll(() => stock.close());

type Step =
  | { kind: 'reserve'; order: number; quantities: number[] }
  | { kind: 'release'; order: number }
  | { kind: 'confirm' | 'cancel'; order: number; again: boolean }
  | { kind: 'receive'; sku: string; pieces: number }
  | { kind: 'correct'; sku: string; pieces: number };

const order = fc.nat(orderCount - 1);
const sku = fc.constantFrom(...skus);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('reserve' as const),
    order,
    quantities: fc.array(fc.nat(4), { minLength: 3, maxLength: 3 }).filter((all) => all.some((n) => n > 0)),
  }),
  fc.record({ kind: fc.constant('release' as const), order }),
  fc.record({ kind: fc.constantFrom('confirm' as const, 'cancel' as const), order, again: fc.boolean() }),
  fc.record({ kind: fc.constant('receive' as const), sku, pieces: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ kind: fc.constant('correct' as const), sku, pieces: fc.constantFrom(-6, -2, -1, 1, 3) }),
);

const correct = (sku: string, finding: Finding) =>
  inTransaction(stock.deps.db, (tx) => correctStock(tx, { id: newId(), sku, finding, reason: 'counted' }));

/** Runs a step as its caller would; a refusal is an answer like any other. */
async function run(taken: Step, orders: { id: string; confirmed: string; cancelled: string }[]) {
  const { deps } = stock;
  if (taken.kind === 'receive') return stock.fill({ [taken.sku]: taken.pieces });
  if (taken.kind === 'correct') {
    return correct(taken.sku, { delta: taken.pieces });
  }
  const { id, confirmed, cancelled } = orders[taken.order]!;
  if (taken.kind === 'reserve') {
    const lines = taken.quantities.map((quantity, index) => line(skus[index]!, quantity));
    return reserveStock(deps, { orderId: id, lines: lines.filter(({ quantity }) => quantity > 0) });
  }
  if (taken.kind === 'release') return releaseStock(deps, id);
  const eventId = (first: string) => (taken.again ? first : newId());
  if (taken.kind === 'confirm') return sellStock(deps, orderEvent('order.confirmed', id, eventId(confirmed)));
  return restockCancelled(deps, orderEvent('order.cancelled', id, eventId(cancelled)));
}

const newOrders = () =>
  Array.from({ length: orderCount }, () => ({ id: newId(), confirmed: newId(), cancelled: newId() }));

const orRefusal = (error: unknown) => {
  if (!isRefusal(error)) throw error;
};

describe('stock', () => {
  it('is conserved by any sequence of steps', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const orders = newOrders();
        for (const taken of steps) await run(taken, orders).catch(orRefusal);
        expect(await breaches(stock.deps.db)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('is conserved when all steps happen at once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 30 }), async (steps) => {
        const orders = newOrders();
        await Promise.all(steps.map((taken) => run(taken, orders).catch(orRefusal)));
        expect(await breaches(stock.deps.db)).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });

  it('is not corrected below what is reserved', async () => {
    await stock.fill({ 'FIX-A': 5 });
    await reserveStock(stock.deps, { orderId: newId(), lines: [line('FIX-A', 4)] });
    expect(await correct('FIX-A', { delta: -1 })).toMatchObject({
      before: { onHand: 5 },
      after: { onHand: 4 },
    });
    await expect(correct('FIX-A', { onHand: 3 })).rejects.toMatchObject({ code: 'stock-too-low' });
    expect(await stock.level('FIX-A')).toMatchObject({ onHand: 4, reserved: 4 });
    expect(await breaches(stock.deps.db)).toEqual([]);
  });
});
