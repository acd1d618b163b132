/** Releases, sales and cancellations in any order and any number: each counts once. */
import { newId } from '@souk/kit/identifier';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { releaseStock } from '../src/release-stock.ts';
import { reserveStock } from '../src/reserve-stock.ts';
import { restockCancelled } from '../src/restock-cancelled.ts';
import { sellStock } from '../src/sell-stock.ts';
import {
  breaches,
  countStatements,
  line,
  openStock,
  orderEvent,
  type StockUnderTest,
} from './stock-under-test.ts';

let stock: StockUnderTest;
let skuNumber = 0;
beforeAll(async () => {
  stock = await openStock();
});
afterAll(() => stock.close());

/** An order that holds 3 of 10 pieces. */
async function reserved() {
  skuNumber += 1;
  const sku = `END-${skuNumber}`;
  await stock.fill({ [sku]: 10 });
  const orderId = newId();
  await reserveStock(stock.deps, { orderId, lines: [line(sku, 3)] });
  return { sku, orderId };
}

const confirmed = (orderId: string, id?: string) =>
  sellStock(stock.deps, orderEvent('order.confirmed', orderId, id));
const cancelled = (orderId: string, id?: string) =>
  restockCancelled(stock.deps, orderEvent('order.cancelled', orderId, id));

describe('a reservation', () => {
  it('is given back by a release, once', async () => {
    const { sku, orderId } = await reserved();
    await releaseStock(stock.deps, orderId);
    await Promise.all([releaseStock(stock.deps, orderId), releaseStock(stock.deps, orderId)]);
    expect(await stock.level(sku)).toMatchObject({ onHand: 10, reserved: 0 });
    expect(await breaches(stock.deps.db)).toEqual([]);
  });

  it('is refused after a release that came first', async () => {
    await stock.fill({ 'CLOSED-A': 1 });
    const orderId = newId();
    await Promise.all([releaseStock(stock.deps, orderId), releaseStock(stock.deps, orderId)]);
    const late = reserveStock(stock.deps, { orderId, lines: [line('CLOSED-A')] });
    await expect(late).rejects.toMatchObject({ code: 'order-closed' });
    expect(await stock.level('CLOSED-A')).toMatchObject({ reserved: 0 });
  });

  it('and its release at once end without anything held', async () => {
    await stock.fill({ 'RACE-A': 50 });
    await Promise.all(
      Array.from({ length: 30 }, async () => {
        const orderId = newId();
        const reserve = reserveStock(stock.deps, { orderId, lines: [line('RACE-A')] });
        await Promise.allSettled([reserve, releaseStock(stock.deps, orderId)]);
      }),
    );
    expect(await stock.level('RACE-A')).toMatchObject({ onHand: 50, reserved: 0 });
    expect(await breaches(stock.deps.db)).toEqual([]);
  });

  it('becomes a sale once, when the same event is delivered twice and at once', async () => {
    const { sku, orderId } = await reserved();
    const eventId = newId();
    await Promise.all([confirmed(orderId, eventId), confirmed(orderId, eventId)]);
    await confirmed(orderId);
    expect(await stock.level(sku)).toMatchObject({ onHand: 7, reserved: 0 });
    expect(await breaches(stock.deps.db)).toEqual([]);
  });

  it('comes back to the shelf when a sold order is cancelled, once', async () => {
    const { sku, orderId } = await reserved();
    await confirmed(orderId);
    await releaseStock(stock.deps, orderId);
    await cancelled(orderId);
    expect(await stock.level(sku)).toMatchObject({ onHand: 10, reserved: 0 });
    const movements = await stock.deps.db('stock_movements').select('kind', 'delta').where({ sku });
    expect(movements.map(({ kind, delta }) => `${kind} ${delta}`).sort()).toEqual([
      'cancellation 3',
      'receipt 10',
      'sale -3',
    ]);
  });

  it('is not sold when the cancellation overtakes the confirmation', async () => {
    const { sku, orderId } = await reserved();
    const alarmsBefore = stock.alarms.length;
    await cancelled(orderId);
    await confirmed(orderId);
    expect(await stock.level(sku)).toMatchObject({ onHand: 10, reserved: 0 });
    expect(stock.alarms.length).toBe(alarmsBefore);
    expect(await breaches(stock.deps.db)).toEqual([]);
  });

  it('that never was raises an alarm when its order is confirmed', async () => {
    const tombstoned = newId();
    await releaseStock(stock.deps, tombstoned);
    const alarmsBefore = stock.alarms.length;
    await confirmed(newId());
    await confirmed(tombstoned);
    expect(stock.alarms.slice(alarmsBefore)).toEqual(['reservation.missing', 'reservation.missing']);
  });

  it('takes 6 statements to become a sale, and 4 to be given back', async () => {
    const { db } = stock.deps;
    const [sale, release] = [await reserved(), await reserved()];
    expect(await countStatements(db, () => confirmed(sale.orderId))).toBe(6);
    expect(await countStatements(db, () => releaseStock(stock.deps, release.orderId))).toBe(4);
  });
});
