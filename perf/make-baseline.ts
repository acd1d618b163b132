/**
 * `--baseline`: counts and measures what perf/baseline.json holds: twice, services that have just begun and three runs. What
 * the runs differ by is the noise from which the gate's limits follow.
 */
import { serviceNames } from '@souk/contracts/ports';
import type { Connection } from 'mysql2/promise';
import { untilShopIsUp } from '../test/support/back-room.ts';
import { isGoApp } from '../tools/platform/go-apps.ts';
import { openAdmin } from '../tools/platform/mariadb-admin.ts';
import { say } from '../tools/platform/progress.ts';
import { restartProcess } from '../tools/platform/restart.ts';
import { countAllocations } from './allocations.ts';
import { type Baseline, kB, leastSigma, machine, noiseOf, rangesOf, writeBaseline } from './baseline.ts';
import { costOfCheckout, describeCost } from './checkout-cost.ts';
import { sampleTraces } from './counters.ts';
import { prepareData, type ShopData } from './data.ts';
import { countCosts } from './gate-figures.ts';
import { ensureK6 } from './k6.ts';
import { writeCounted } from './report.ts';
import { traceShare } from './run-facts.ts';
import { warmUp } from './warm-up.ts';

const restarts = 2;
/** ROUNDS: fewer are quicker, and their noise is less to rely on; two restarts of two each are the least. */
const runsEach = Math.max(2, Number(process.env.ROUNDS || 3));
/** As short as CI's. */
const warmUpSeconds = 20;

/** Takes some ten minutes; writes the file and its table in docs/performance.md, as far as it is, after each restart. */
export async function makeBaseline(): Promise<void> {
  await ensureK6();
  const admin = await openAdmin();
  try {
    const data = await prepareData(admin, false);
    const requests = rangesOf(await countCosts(5));
    say(`counted: ${Object.keys(requests).length} requests`);
    await measureRuns(admin, data, (measured) => keep({ machine: machine(), requests, ...measured }));
  } finally {
    await admin.end();
  }
}

function keep(baseline: Baseline): void {
  writeBaseline(baseline);
  writeCounted(baseline);
  for (const [name, seen] of Object.entries(baseline.allocated)) {
    const { mean, sigma, limit } = noiseOf(seen, leastSigma.allocated);
    say(`${name}: ${kB(mean)} ± ${kB(sigma)}, at most ${kB(limit)}`);
  }
  const { mean, sigma, limit } = noiseOf(baseline.checkoutMs, leastSigma.checkout);
  say(`a checkout: ${mean.toFixed(1)} ± ${sigma.toFixed(1)} ms, at most ${limit.toFixed(1)} ms`);
  say(
    `written from ${baseline.checkoutMs.length} runs: perf/baseline.json, its table in docs/performance.md`,
  );
}

type Measured = Pick<Baseline, 'allocated' | 'checkoutMs'>;

async function measureRuns(
  admin: Connection,
  data: ShopData,
  written: (measured: Measured) => void,
): Promise<void> {
  const restore = await sampleTraces(traceShare);
  const found: Measured = { allocated: {}, checkoutMs: [] };
  try {
    for (let restart = 1; restart <= restarts; restart += 1) {
      await beginAnew();
      // Processor time first, as in the gate: what the profiler has looked at is not what it was before.
      for (let run = 1; run <= runsEach; run += 1) await addCheckout(found, admin, data);
      for (let run = 1; run <= runsEach; run += 1) await addAllocations(found, admin, data);
      written(found);
    }
  } finally {
    await restore();
  }
}

async function addCheckout({ checkoutMs }: Measured, admin: Connection, data: ShopData): Promise<void> {
  const cost = await costOfCheckout(admin, data);
  checkoutMs.push(Number(cost.ms.toFixed(1)));
  say(describeCost(cost));
}

async function addAllocations({ allocated }: Measured, admin: Connection, data: ShopData): Promise<void> {
  const counted = Object.entries(await countAllocations(admin, data.slugs));
  for (const [name, { bytes }] of counted) allocated[name] = [...(allocated[name] ?? []), bytes];
  say(`allocations: ${counted.map(([name, { bytes }]) => `${name} ${kB(bytes)}`).join(', ')}`);
}

/** Restarts the services in TypeScript; what they have compiled is forgotten. */
async function beginAnew(): Promise<void> {
  for (const service of serviceNames.filter((name) => !isGoApp(name))) await restartProcess(service);
  await untilShopIsUp();
  await warmUp(warmUpSeconds);
}
