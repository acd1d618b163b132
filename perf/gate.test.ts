/** No request costs more hops, statements, bytes or allocations than the committed baseline says, and no checkout more processor time. */
import type { Connection } from 'mysql2/promise';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openAdmin } from '../tools/platform/mariadb-admin.ts';
import { say } from '../tools/platform/progress.ts';
import { countAllocations, lighterOf } from './allocations.ts';
import { heavier, kB, leastSigma, machine, noiseOf, readBaseline, regressions } from './baseline.ts';
import { costOfCheckout, describeCost } from './checkout-cost.ts';
import { sampleTraces } from './counters.ts';
import { prepareData, type ShopData } from './data.ts';
import { countCosts } from './gate-figures.ts';
import { traceShare } from './run-facts.ts';

const baseline = readBaseline();
let admin: Connection;
let data: ShopData;

beforeAll(async () => {
  admin = await openAdmin();
  data = await prepareData(admin, process.env.ANY_SIZE === '1');
});
afterAll(() => admin.end());

it('a guest’s way from the list to the order costs what it cost before, request by request', async () => {
  const costs = await countCosts(3);
  say(`gate: hops, statements and bytes of ${Object.keys(costs).length} requests counted`);
  expect(Object.keys(costs).toSorted()).toEqual(Object.keys(baseline.requests).toSorted());
  expect(regressions(costs, baseline.requests)).toEqual([]);
}, 120_000);

it('a checkout costs no more processor time than before, measured against the bare order transaction', async () => {
  const { mean, sigma, limit } = noiseOf(baseline.checkoutMs, leastSigma.checkout);
  const cost = await atFewTraces(() => costOfCheckout(admin, data, limit));
  say(`gate: ${describeCost(cost)}, at most ${limit.toFixed(1)} ms`);
  const made = `${mean.toFixed(1)} ± ${sigma.toFixed(1)} ms on ${baseline.machine}`;
  expect(cost.ms, `the baseline has ${made}; this is ${machine()}`).toBeLessThanOrEqual(limit);
}, 120_000);

it('no request allocates more than before in the process that answers it', async () => {
  const count = () => atFewTraces(() => countAllocations(admin, data.slugs));
  let allocated = await count();
  if (heavier(allocated, baseline.allocated).length > 0) {
    say('gate: more allocations than the baseline allows; counting once more');
    allocated = lighterOf(allocated, await count());
  }
  const all = Object.entries(allocated).map(([name, { bytes }]) => `${name} ${kB(bytes)}`);
  say(`gate: allocations a request: ${all.join(', ')}`);
  expect(Object.keys(allocated).toSorted()).toEqual(Object.keys(baseline.allocated).toSorted());
  expect(heavier(allocated, baseline.allocated)).toEqual([]);
}, 120_000);

/** With as few traces as in all that is measured. */
async function atFewTraces<Result>(work: () => Promise<Result>): Promise<Result> {
  const restore = await sampleTraces(traceShare);
  return work().finally(restore);
}
