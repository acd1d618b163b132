/**
 * `make perf-scale KEEP=no`: how answers change as tables grow. It deletes the shop's data first and last, so it begins
 * only when told that they need not be kept. PART=products or orders measures one part; FROM, TO, ORDERS, ROUNDS size a
 * trial (TRIAL=1). Writes perf/results/<date>-scale.json and its tables in docs/performance.md; exits with 1 when a bar is missed.
 */
import { openAdmin } from '../tools/platform/mariadb-admin.ts';
import { prepareData } from './data.ts';
import { aboutRun } from './run-facts.ts';
import { souk } from './scale/growth.ts';
import { growOrders } from './scale/orders.ts';
import { growProducts } from './scale/products.ts';
import { type ScaleRun, writeScaleReport } from './scale/report.ts';
import { failFor, judged, writeResult } from './write-result.ts';

const grow = { products: growProducts, orders: growOrders };
const { KEEP, PART = '', REPORT, TRIAL } = process.env;
const productsAtFirst = '10k';

async function main(): Promise<void> {
  if (KEEP !== 'no') {
    throw new Error("perf-scale deletes all of this checkout's shop: to let it, say make perf-scale KEEP=no");
  }
  const parts = (Object.keys(grow) as (keyof typeof grow)[]).filter((part) => PART === '' || PART === part);
  if (parts.length === 0) throw new Error(`no part ${PART}; there are ${Object.keys(grow).join(', ')}`);
  let run: ScaleRun | undefined;
  for (const part of parts) {
    await souk('reset');
    await souk('up');
    await souk('seed', { SIZE: productsAtFirst });
    run ??= { ...(await facts()), parts: {} };
    run.parts[part] = await grow[part]();
  }
  await souk('reset');
  finish(run!);
}

async function facts(): Promise<Omit<ScaleRun, 'parts'>> {
  const admin = await openAdmin();
  const data = await prepareData(admin, true).finally(() => admin.end());
  const { at, commit, machine, traceShare, isMeasurement } = await aboutRun(data);
  return { at, commit, machine, traceShare, isMeasurement };
}

function finish(begun: ScaleRun): void {
  const grown = Object.values(begun.parts);
  const rounds = grown.flatMap((part) => part.rounds);
  const run = judged(begun, rounds);
  const file = writeResult(run, 'scale');
  if (TRIAL !== '1' || REPORT === '1') writeScaleReport(run, file);
  const missed = grown.flatMap(({ kinds }) =>
    kinds.flatMap(({ name, missed: bars }) => bars.map((bar) => `${name}: ${bar}`)),
  );
  failFor('Bars missed', missed);
}

await main();
