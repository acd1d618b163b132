/**
 * `make perf`: runs the suites against the running shop, measures, and writes perf/results/<date>.json and the report.
 * SUITE=a,b chooses; ROUNDS, BARE_SECONDS, SOAK_SECONDS size it; CAPACITY (checkouts/s) sizes a flood without the suite checkout; TRIAL=1 marks a run on a busy machine;
 * ANY_SIZE=1 takes any catalogue; REPORT=1 puts a part or a trial into docs/performance.md. `--baseline` writes perf/baseline.json instead.
 */
import { join } from 'node:path';
import type { Connection } from 'mysql2/promise';
import { openAdmin } from '../tools/platform/mariadb-admin.ts';
import { nodeBinary, root } from '../tools/platform/paths.ts';
import { say } from '../tools/platform/progress.ts';
import { runToEnd } from './children.ts';
import { sampleTraces, untilAtRest } from './counters.ts';
import { prepareData, type ShopData } from './data.ts';
import { sellOut } from './flash-sale.ts';
import { flood } from './flood.ts';
import { ensureK6 } from './k6.ts';
import { type Load, measure, type Round } from './measure.ts';
import { type Run, writeReport } from './report.ts';
import { aboutRun, traceShare } from './run-facts.ts';
import { compareWithBare, line } from './side-by-side.ts';
import { fillBounds, watchMemory } from './soak.ts';
import { chosenSuites, runSuite, type Suite } from './suites.ts';
import { warmUp } from './warm-up.ts';
import { failFor, judged, writeResult } from './write-result.ts';

const gateLimitMs = 180_000;
const { SUITE, ANY_SIZE } = process.env;
const warmUpSeconds = Number(process.env.WARM_UP_SECONDS || 30);
const rounds = Number(process.env.ROUNDS || 3);
const bareSeconds = Number(process.env.BARE_SECONDS || 8);

async function main(): Promise<void> {
  if (process.argv.includes('--baseline')) return (await import('./make-baseline.ts')).makeBaseline();
  const chosen = chosenSuites(SUITE || undefined);
  await ensureK6();
  const admin = await openAdmin();
  const restore = await sampleTraces(traceShare);
  try {
    const data = await prepareData(admin, ANY_SIZE === '1');
    await warmUp(warmUpSeconds);
    await untilAtRest(admin);
    const run: Run = { ...(await aboutRun(data)), rounds: [] };
    const runAll = async (some: readonly Suite[]) => {
      for (const suite of some) run.rounds.push(await runOne(admin, suite, { data, rounds: run.rounds }));
    };
    const { soak = [], others = [] } = Object.groupBy(chosen.suites, ({ name }) =>
      name === 'soak' ? 'soak' : 'others',
    );
    await runAll(others);
    if (chosen.bare)
      run.rounds.push(...(await compareWithBare({ admin, data, rounds, seconds: bareSeconds })));
    // Its full collections throw compiled code away: what is compared after them is compared cold.
    await runAll(soak);
    if (run.rounds.length > 0) finish(run);
  } finally {
    await restore();
    await admin.end();
  }
  if (chosen.gate) await runGate();
}

interface Known {
  data: ShopData;
  /** The rounds before this one: a flood is as large as what `checkout` could do. */
  rounds: readonly Round[];
}

/** Some suites need more than the load: a flash sale an article of its own, a flood visitors, a soak full bounds. */
async function runOne(admin: Connection, suite: Suite, { data, rounds }: Known): Promise<Round> {
  const checkouts = rounds.find(({ name }) => name === 'checkout')?.perSecond;
  const filled = suite.name === 'soak' ? await fillBounds(admin, traceShare) : {};
  const run = (env: Record<string, string> = {}) => runSuite(suite, env);
  const special: Record<string, () => Promise<Load>> = {
    'flash-sale': () => sellOut(admin, run),
    overload: () => flood(data, run, checkouts),
    soak: () => watchMemory(run, filled),
  };
  const round = await measure(admin, { name: suite.name, side: 'shop', run: special[suite.name] ?? run });
  say(line(round));
  return round;
}

function finish(begun: Run): void {
  const run = judged(begun, begun.rounds);
  const file = writeResult(run);
  // Neither a trial nor a part takes the place of a whole measurement in the document, unless it is asked for.
  if ((run.isMeasurement && !SUITE) || process.env.REPORT === '1') writeReport(run, file);
  failFor(
    'Thresholds missed',
    run.rounds.flatMap(({ name, missed }) => missed.map((one) => `${name}: ${one}`)),
  );
}

async function runGate(): Promise<void> {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const { code, stderr } = await runToEnd(
    [nodeBinary, vitest, 'run', '--config', 'perf/vitest.config.mjs', '--root', '.'],
    { cwd: root, limitMs: gateLimitMs, hear: (text) => process.stdout.write(text) },
  );
  say(code === 0 ? 'gate: nothing costs more than the baseline' : `gate: FAILED\n${stderr}`);
  if (code !== 0) process.exitCode = 1;
}

await main();
