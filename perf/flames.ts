/**
 * `make perf-flames`: a CPU profile of every service that Node runs, while guests check out, as a flame graph in
 * docs/performance/flames and a line in docs/performance.md. CLIENTS and SECONDS (a service) size the load; REPORT=0
 * keeps the pictures in .souk/perf/flames and leaves the document alone.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ServiceName, serviceNames } from '@souk/contracts/ports';
import { isGoApp } from '../tools/platform/go-apps.ts';
import { root } from '../tools/platform/paths.ts';
import { say, step } from '../tools/platform/progress.ts';
import { readRunRecords } from '../tools/runner/run-files.ts';
import { sampleTraces } from './counters.ts';
import { openShop, prepareData } from './data.ts';
import { profileWhile } from './flames/cpu-profile.ts';
import { drawFlames } from './flames/draw.ts';
import { frameTree, outsideJavaScript, type Thing, thingsIn } from './flames/frames.ts';
import { ensureK6, workFolder } from './k6.ts';
import type { Load } from './measure.ts';
import { type Run, writeBetween } from './report.ts';
import { aboutRun, traceShare } from './run-facts.ts';
import { runSuite, suites } from './suites.ts';

const clients = process.env.CLIENTS || '4';
const seconds = process.env.SECONDS || '8';
const warmUpSeconds = '20';
const reports = process.env.REPORT !== '0';
const folder = reports ? join(root, 'docs/performance/flames') : join(workFolder, 'flames');

interface Flame {
  service: ServiceName;
  /** Seconds of processor time that were sampled, and how many checkouts went on meanwhile. */
  busySeconds: number;
  checkouts: number;
  /** Widest first. */
  things: Thing[];
}

async function main(): Promise<void> {
  await ensureK6();
  const admin = await openShop();
  const restore = await sampleTraces(traceShare);
  try {
    const facts = await aboutRun(await prepareData(admin, process.env.ANY_SIZE === '1'));
    await step('warming up', () => buy(warmUpSeconds));
    mkdirSync(folder, { recursive: true });
    const flames: Flame[] = [];
    for (const service of serviceNames.filter((name) => !isGoApp(name)))
      await step(service, async () => {
        const flame = await flameOf(service);
        flames.push(flame);
        const { outside, inside } = words(flame);
        return `${inside}; ${outsideJavaScript} ${outside}`;
      });
    if (reports)
      writeBetween('flames: written by `make perf-flames`', 'end of flames', report(flames, facts));
    say(`pictures in ${folder.slice(root.length + 1)}`);
  } finally {
    await restore();
    await admin.end();
  }
}

async function buy(during: string): Promise<Load> {
  const checkout = suites.find(({ name }) => name === 'checkout')!;
  const load = await runSuite(checkout, { CLIENTS: clients, SECONDS: during });
  if (load.errors > 0 || load.units === 0)
    throw new Error(`${load.units} checkouts, ${load.errors} wrong answers: see make status`);
  return load;
}

async function flameOf(service: ServiceName): Promise<Flame> {
  const pid = readRunRecords().find(({ name }) => name === service)?.pid;
  if (!pid) throw new Error(`${service} does not run: make up`);
  let load: Load | undefined;
  const profile = await profileWhile(pid, async () => {
    load = await buy(seconds);
  });
  const top = frameTree(profile);
  const busySeconds = top.totalUs / 1e6;
  const title = `${service}: ${busySeconds.toFixed(2)} s of processor time in ${load!.units} checkouts`;
  writeFileSync(join(folder, `${service}.svg`), drawFlames(title, top));
  return { service, busySeconds, checkouts: load!.units, things: thingsIn(top) };
}

const percent = (share: number) => `${(100 * share).toFixed(0)} %`;

/** The three widest things in JavaScript and the engine, and what lies outside. */
function words({ things }: Flame): { outside: string; inside: string } {
  const outside = things.find(({ name }) => name === outsideJavaScript)?.share ?? 0;
  const inside = things.filter(({ name }) => name !== outsideJavaScript).slice(0, 3);
  return {
    outside: percent(outside),
    inside: inside.map(({ name, share }) => `${name} ${percent(share)}`).join(', '),
  };
}

function report(flames: readonly Flame[], { at, commit, machine }: Omit<Run, 'rounds'>): string {
  const rows = flames.map((flame) => {
    const { service, busySeconds, checkouts } = flame;
    const { outside, inside } = words(flame);
    const perCheckout = ((1_000 * busySeconds) / checkouts).toFixed(1);
    return `| [${service}](performance/flames/${service}.svg) | ${perCheckout} | ${inside} | ${outside} |`;
  });
  const head =
    '| service | ms on the main thread a checkout | the three widest things, in themselves | outside JavaScript |\n|---|--:|---|--:|';
  return [
    `Run of ${at.slice(0, 16)} UTC at ${commit}: ${machine.cores} cores (${machine.model}), ${clients} clients that check out without pause, ${seconds} s a service, one after the other, a sample each half millisecond.`,
    [head, ...rows].join('\n'),
  ].join('\n\n');
}

await main();
