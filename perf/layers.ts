/**
 * `make perf-layers`: what each layer costs, by doing the same work with and without it, in turns, for one client. Writes
 * perf/results/<date>-layers.json and its part of docs/performance.md. ROUNDS, REQUEST_SECONDS and CHECKOUT_SECONDS size
 * it; TRIAL=1, ANY_SIZE=1 and REPORT=1 are as in `make perf`.
 */
import { join } from 'node:path';
import type { Connection } from 'mysql2/promise';
import { nodeBinary, root } from '../tools/platform/paths.ts';
import { say, step } from '../tools/platform/progress.ts';
import { runToEnd } from './children.ts';
import { readSpans, untilAtRest, untilSpansRest } from './counters.ts';
import { openShop, prepareData, type ShopData } from './data.ts';
import { ensureK6 } from './k6.ts';
import { costOf, type LayerCost, layers, spreadOf } from './layers/layer.ts';
import { costLine, type LayersRun, writeLayers } from './layers/report.ts';
import { openPanel, type Panel } from './layers/switches.ts';
import type { Checked } from './layers/validation-bench.ts';
import { copiesIn, proveCopies, startCopies, type Variant, variants } from './layers/variants.ts';
import { type Load, measure, type Round } from './measure.ts';
import { aboutRun, idleShop } from './run-facts.ts';
import { line } from './side-by-side.ts';
import { runSuite, suites } from './suites.ts';
import { judged, writeResult } from './write-result.ts';

const { ANY_SIZE } = process.env;
const rounds = Number(process.env.ROUNDS || 5);
const requestSeconds = Number(process.env.REQUEST_SECONDS || 2);
const checkoutSeconds = Number(process.env.CHECKOUT_SECONDS || 7);
/** Until V8 has compiled what is used: one client alone would take minutes. */
const warmUp = { requestSeconds: 1, checkoutSeconds: 2, clients: '4', seconds: '20' };
const benchLimitMs = 30_000;
/** After so long no round is done again: the whole run is to end within ten minutes. */
const patienceMs = 400_000;
const mostTries = 3;

type Measurement = { admin: Connection; panel: Panel; data: ShopData };

async function main(): Promise<void> {
  await ensureK6();
  const admin = await openShop();
  const panel = await openPanel(admin);
  try {
    const data = await prepareData(admin, ANY_SIZE === '1');
    finish(await measureAll({ admin, panel, data }));
  } finally {
    await panel.restore();
    await admin.end();
  }
}

async function measureAll({ admin, panel, data }: Measurement): Promise<LayersRun> {
  let copies: Awaited<ReturnType<typeof startCopies>> | undefined;
  await step('second processes', async () => {
    copies = await startCopies();
    return `${copiesIn(copies).length} work`;
  });
  try {
    const offer = { copies: copies!, data };
    await step('warming up', async (tell) => {
      for (const { work, switches } of variants({ ...offer, ...warmUp })) {
        if (switches.traceShare > 0 || switches.flush !== 1) continue;
        tell(work.name);
        refuseErrors(work.name, await work.run());
      }
      const { clients: CLIENTS, seconds: SECONDS } = warmUp;
      tell(`${CLIENTS} buyers`);
      await runSuite(suites.find(({ name }) => name === 'checkout')!, { CLIENTS, SECONDS });
    });
    await step('what is off is off', () => proveCopies(copies!));
    await untilAtRest(admin);
    const facts = await aboutRun(data);
    const wanted = variants({ ...offer, requestSeconds, checkoutSeconds });
    const { measured, idleCores } = await takeTurns({ admin, panel, data }, wanted);
    const costs = layers.map((layer) => costOf(layer, measured, idleCores));
    const checked = await benchValidation();
    return { ...facts, idleCores, rounds: Object.values(measured).flat(), checked, costs };
  } finally {
    await Promise.all(copiesIn(copies!).map((copy) => copy.stop()));
  }
}

/** Every variant once a round, there and back, so that what drifts falls on all of them alike. */
async function takeTurns(
  { admin, panel }: Measurement,
  wanted: readonly Variant[],
): Promise<{ measured: Record<string, Round[]>; idleCores: number[] }> {
  const begunMs = performance.now();
  const measured: Record<string, Round[]> = {};
  const idleCores: number[] = [];
  for (let turn = 1; turn <= rounds; turn += 1) {
    say(`round ${turn} of ${rounds}`);
    await untilAtRest(admin);
    idleCores.push((await idleShop(wanted[0]!.work.children)).cores);
    for (const variant of turn % 2 === 1 ? wanted : wanted.toReversed()) {
      const { work, switches } = variant;
      await panel.turn(switches);
      const tries = performance.now() - begunMs < patienceMs ? mostTries : 1;
      const round = await measure(admin, withSpans(variant), tries);
      refuseErrors(work.name, round);
      measured[work.name] = [...(measured[work.name] ?? []), round];
      say(line(round));
    }
  }
  return { measured, idleCores };
}

/** What is still to be sent to Jaeger belongs to the work as well. Throws if Jaeger has not heard of all, or of none. */
function withSpans({ work, leastSpans, switches }: Variant): Variant['work'] {
  const { traceShare } = switches;
  return {
    ...work,
    async run() {
      const before = await readSpans();
      const load = await work.run();
      if (traceShare > 0) await untilSpansRest();
      const perUnit = ((await readSpans()) - before) / load.units;
      if (traceShare === 1 ? perUnit < leastSpans : traceShare === 0 && perUnit >= leastSpans)
        throw new Error(`${work.name}: ${perUnit.toFixed(1)} spans a unit with ${traceShare * 100} % traced`);
      return { ...load, details: { ...load.details, spansPerUnit: perUnit } };
    },
  };
}

function refuseErrors(name: string, { errors, units, missed }: Load): void {
  if (errors > 0 || units === 0 || missed.length > 0)
    throw new Error(`${name}: ${units} done, ${errors} wrong, missed: ${missed.join(', ') || 'nothing'}`);
}

/** As many times as there are rounds, each in a new process. */
async function benchValidation(): Promise<LayersRun['checked']> {
  const found: Checked[] = [];
  for (let turn = 0; turn < rounds; turn += 1) {
    const bench = join(root, 'perf/layers/validation-bench.ts');
    const { code, stdout, stderr } = await runToEnd([nodeBinary, bench], { limitMs: benchLimitMs });
    if (code !== 0) throw new Error(`the bench of validation broke: ${stderr}`);
    found.push(JSON.parse(stdout) as Checked);
  }
  const spread = (kind: keyof Checked) => spreadOf(found.map((one) => one[kind]));
  return { quote: spread('quote'), checkout: spread('checkout') };
}

function finish(begun: LayersRun): void {
  const run = judged(begun, begun.rounds);
  const file = writeResult({ ...run, rounds: run.rounds.map(kept) }, 'layers');
  if (run.isMeasurement || process.env.REPORT === '1') writeLayers(run, file);
  for (const cost of run.costs) say(costLine(cost satisfies LayerCost));
}

/** Memory has nothing to do with layers, and would be half of the file. */
function kept({ memoryBytes: _memory, details: { spansPerUnit = 0 }, ...round }: Round) {
  return { ...round, spansPerUnit };
}

await main();
