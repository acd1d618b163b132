/**
 * `make perf-scale`: how answers change with the size of the tables. PART=products, orders or mail measures one part;
 * PART=restore only puts data back that an interrupted run has left aside. Writes perf/results/<date>-scale.json and
 * "As the tables grow" in docs/performance.md; exits with 1 when a bar is missed.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openAdmin } from '../../tools/platform/mariadb-admin.ts';
import { root } from '../../tools/platform/paths.ts';
import { say } from '../../tools/platform/progress.ts';
import { prepareData } from '../data.ts';
import { foreignLimitCores, takenCores } from '../measure.ts';
import { aboutRun } from '../run-facts.ts';
import { putBack, refuseWhileKept } from './kept-data.ts';
import { timeMails } from './mail.ts';
import { growOrders } from './orders.ts';
import { growProducts } from './products.ts';
import { type ScaleRun, writeScaleReport } from './report.ts';

const parts = { products: growProducts, orders: growOrders, mail: timeMails };
type Part = keyof typeof parts;

async function main(): Promise<void> {
  const wanted = process.env.PART || Object.keys(parts).join(',');
  if (wanted === 'restore') {
    say((await putBack()) ? 'the shop has its data again' : 'no data lie aside: nothing to do');
    return;
  }
  const chosen = wanted.split(',').map((part) => part.trim());
  const unknown = chosen.filter((part) => !(part in parts));
  if (unknown.length > 0) {
    throw new Error(`no part ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')} and restore`);
  }
  refuseWhileKept();
  const run: ScaleRun = await facts();
  for (const part of chosen as Part[]) Object.assign(run, { [part]: await parts[part]() });
  finish(run, chosen as Part[]);
}

async function facts(): Promise<ScaleRun> {
  const admin = await openAdmin();
  try {
    const { at, commit, machine, traceShare, isMeasurement } = await aboutRun(await prepareData(admin, true));
    return { at, commit, machine, traceShare, isMeasurement };
  } finally {
    await admin.end();
  }
}

function finish(run: ScaleRun, chosen: readonly Part[]): void {
  const rounds = chosen.flatMap((part) => run[part]?.rounds ?? []);
  const busy = rounds.some((round) => takenCores(round) > foreignLimitCores);
  const written: ScaleRun = { ...run, isMeasurement: run.isMeasurement && !busy };
  mkdirSync(join(root, 'perf/results'), { recursive: true });
  const file = `perf/results/${run.at.slice(0, 19).replaceAll(':', '')}-scale${written.isMeasurement ? '' : '-trial'}.json`;
  writeFileSync(join(root, file), `${JSON.stringify(written, null, 1)}\n`);
  say(`written: ${file}`);
  if (written.isMeasurement || process.env.REPORT === '1') writeScaleReport(written, file);
  const missed = [
    ...[...(run.products?.kinds ?? []), ...(run.orders?.kinds ?? [])].flatMap(({ name, missed: bars }) =>
      bars.map((bar) => `${name}: ${bar}`),
    ),
    ...(run.mail?.rates ?? []).flatMap(({ rate, missed: bars }) =>
      bars.map((bar) => `mail at ${rate}/s: ${bar}`),
    ),
  ];
  if (missed.length > 0) {
    console.error(`\nBars missed:\n${missed.join('\n')}`);
    process.exitCode = 1;
  }
}

await main();
