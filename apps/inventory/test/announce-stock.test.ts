/** stock.changed: what is available now, at most once a second and SKU, also with two processes. */
import { newId } from '@souk/kit/identifier';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { announceStock } from '../src/announce-stock.ts';
import { reserveStock } from '../src/reserve-stock.ts';
import { countStatements, line, openStock, type StockUnderTest } from './stock-under-test.ts';

let stock: StockUnderTest;
beforeAll(async () => {
  stock = await openStock();
});
afterAll(() => stock.close());
beforeEach(async () => {
  for (const table of ['stock_levels', 'outbox']) await stock.deps.db(table).delete();
});

const reserve = (sku: string) => reserveStock(stock.deps, { orderId: newId(), lines: [line(sku)] });

async function events(): Promise<{ levels: { sku: string; available: number; version: number }[] }[]> {
  const rows = await stock.deps.db('outbox').select('data').orderBy('id');
  return rows.map(({ data }) => JSON.parse(data).payload);
}

const announced = async () => (await events()).flatMap(({ levels }) => levels);

/** Lets a second pass, on the database's clock. */
const secondLater = () =>
  stock.deps.db.raw('UPDATE stock_levels SET announced_at = announced_at - INTERVAL 1 SECOND');

describe('announcing stock', () => {
  it('tells of many reservations and SKUs in one event', async () => {
    await stock.fill({ 'TELL-A': 10, 'TELL-B': 5 });
    await Promise.all([reserve('TELL-A'), reserve('TELL-A'), reserve('TELL-A')]);
    expect(await announced()).toEqual([]);
    expect(await announceStock(stock.deps)).toBe(2);
    expect(await announced()).toEqual([
      { sku: 'TELL-A', available: 7, version: 4 },
      { sku: 'TELL-B', available: 5, version: 1 },
    ]);
    expect(await events()).toHaveLength(1);
  });

  it('waits a second before the next event of a SKU, and does not forget it', async () => {
    await stock.fill({ 'WAIT-A': 10 });
    await announceStock(stock.deps);
    await reserve('WAIT-A');
    expect(await announceStock(stock.deps)).toBe(0);
    await secondLater();
    expect(await announceStock(stock.deps)).toBe(1);
    expect((await announced()).map(({ available }) => available)).toEqual([10, 9]);
  });

  it('tells once when two processes do it while buyers reserve', async () => {
    const skus = Array.from({ length: 40 }, (_, index) => `PAIR-${index + 10}`);
    await stock.fill(Object.fromEntries(skus.map((sku) => [sku, 10])));
    const [first, second] = await Promise.all([
      announceStock(stock.deps),
      announceStock(stock.deps),
      ...skus.map(reserve),
    ]);
    expect(Number(first) + Number(second)).toBe(40);
    await secondLater();
    await announceStock(stock.deps);
    const last = new Map((await announced()).map(({ sku, available }) => [sku, available]));
    expect(skus.every((sku) => last.get(sku) === 9)).toBe(true);
  });

  it('costs one statement when there is nothing to tell', async () => {
    expect(await countStatements(stock.deps.db, () => announceStock(stock.deps))).toBe(1);
  });
});
