/** Turns a run's figures into the tables and plots of docs/performance.md; it writes no number that is not in the run. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../tools/platform/paths.ts';
import { type Baseline, leastSigma, noiseOf, type Range } from './baseline.ts';
import type { Round } from './measure.ts';
import { type Bar, drawBars, drawLines, short } from './plot.ts';

export interface Run {
  at: string;
  commit: string;
  machine: { cores: number; model: string; memoryGiB: number; kernel: string };
  products: number;
  /** False: others worked on the machine, or the catalogue was small; the figures show that it runs, no more. */
  isMeasurement: boolean;
  traceShare: number;
  idle: { cores: number; foreignCores: number; memoryMiB: number };
  rounds: Round[];
}

const doc = join(root, 'docs/performance.md');
const figures = join(root, 'docs/performance');

/** Writes the plots, and the results between the two marks of the document. */
export function writeReport(run: Run, resultFile: string): void {
  mkdirSync(figures, { recursive: true });
  const plots = plotsOf(run);
  for (const { file, svg } of plots) writeFileSync(join(figures, file), svg);
  const images = plots.map(({ file, title }) => `![${title}](performance/${file})`);
  const results = [heading(run, resultFile), table(run), ...images].join('\n\n');
  writeBetween('results: written by `make perf`', 'end of results', results);
}

/** The costs of each request and of a checkout, out of the baseline, with their noise and what the gate allows. */
export function writeCounted({ requests, allocated, checkoutMs, machine }: Baseline): void {
  const range = ([least, most]: Range) => (least === most ? `${least}` : `${least}–${most}`);
  const kilo = (bytes: number) => (bytes / 1_000).toFixed(1);
  const rows = Object.entries(requests).map(([name, { hops, statements, bytes }]) => {
    const { mean, sigma, limit } = noiseOf(allocated[name] ?? [], leastSigma.allocated);
    const weight = `${kilo(mean)} ± ${kilo(sigma)} | ${kilo(limit)}`;
    return `| ${name} | ${range(hops)} | ${range(statements)} | ${range(bytes)} | ${weight} |`;
  });
  const head =
    '| request | hops | statements | bytes of the answer | kB allocated | allowed |\n|---|--:|--:|--:|--:|--:|';
  const { mean, sigma, limit } = noiseOf(checkoutMs, leastSigma.checkout);
  const checkout = `A checkout costs ${mean.toFixed(1)} ± ${sigma.toFixed(1)} ms of processor time where a bare order transaction takes 1 ms (${checkoutMs.length} runs, ${machine}); the gate allows ${limit.toFixed(1)} ms.`;
  writeBetween(
    'counted: written by `--baseline`',
    'end of counted',
    `${head}\n${rows.join('\n')}\n\n${checkout}`,
  );
}

/** Replaces what stands in docs/performance.md between two marks; throws when they are not there. */
export function writeBetween(begin: string, end: string, words: string): void {
  const marks = [`<!-- ${begin} -->`, `<!-- ${end} -->`] as const;
  const text = readFileSync(doc, 'utf8');
  const from = text.indexOf(marks[0]);
  const to = text.indexOf(marks[1]);
  if (from < 0 || to < from) throw new Error(`docs/performance.md has no ${marks[0]} … ${marks[1]}`);
  writeFileSync(doc, `${text.slice(0, from)}${marks[0]}\n\n${words}\n\n${text.slice(to)}`);
}

function heading(run: Run, resultFile: string): string {
  const { cores, model, memoryGiB } = run.machine;
  const kind = run.isMeasurement
    ? ''
    : '**A trial**: it shows that the suites run. Others worked on the machine, or the catalogue was small; its times are no results.\n\n';
  return `${kind}Run of ${run.at.slice(0, 16)} UTC at ${run.commit}: ${cores} cores (${model}), ${memoryGiB} GiB, ${run.products.toLocaleString('en')} products, ${run.traceShare * 100} % of requests traced, all of it in [${resultFile}](../${resultFile}). The idle shop took ${run.idle.cores.toFixed(2)} core and ${Math.round(run.idle.memoryMiB).toLocaleString('en')} MiB.`;
}

/** Rounds of one name become one row: the median of each figure. */
export function table({ rounds, idle }: Pick<Run, 'rounds' | 'idle'>): string {
  const rows = [...Map.groupBy(rounds, ({ name }) => name)].map(([name, same]) => {
    const mid = (figure: (round: Round) => number) => median(same.map(figure));
    const times = [mid((r) => r.p50Ms), mid((r) => r.p95Ms), mid((r) => r.p99Ms)].map(short).join(' / ');
    const perUnit = (figure: (round: Round) => number) =>
      short(mid((round) => (round.units ? figure(round) / round.units : 0)));
    const missed = [...new Set(same.flatMap((round) => round.missed))];
    return [
      name,
      same.length,
      short(mid((r) => r.perSecond)),
      times,
      short(mid((r) => r.cpuMsPerUnit)),
      same[0]!.side === 'shop'
        ? perUnit((r) => r.cpuMsPerUnit * r.units - idle.cores * r.measuredSeconds * 1_000)
        : '–',
      perUnit(({ counted }) => counted.hops),
      perUnit(({ counted }) => counted.statements),
      same.reduce((sum, { errors }) => sum + errors, 0),
      mid((r) => r.generatorCores).toFixed(2),
      mid((r) => r.foreignCores).toFixed(2),
      missed.length === 0 ? 'kept' : missed.map((one) => `\`${one}\``).join(', '),
    ].join(' | ');
  });
  const columns = [
    'work',
    'rounds',
    'units/s',
    'p50 / p95 / p99 ms',
    'CPU ms a unit',
    'less idling',
    'hops',
    'statements',
    'wrong',
    'generator, cores',
    'foreign, cores',
    'thresholds',
  ];
  const line = (cells: string) => `| ${cells} |`;
  return [line(columns.join(' | ')), line(columns.map(() => '---').join(' | ')), ...rows.map(line)].join(
    '\n',
  );
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

interface Plot {
  file: string;
  title: string;
  svg: string;
}

function plotsOf({ rounds }: Run): Plot[] {
  const plots: Plot[] = [];
  const add = (file: string, title: string, draw: (title: string) => string) =>
    plots.push({ file, title, svg: draw(title) });
  const bars = (of: (round: Round) => number, wanted: (name: string) => boolean): Bar[] =>
    [
      ...Map.groupBy(
        rounds.filter(({ name }) => wanted(name)),
        ({ name }) => name,
      ),
    ].map(([name, same]) => ({
      label: name,
      parts: [{ name: 'all', value: median(same.map(of)) }],
    }));
  const compared = (name: string) => /^(souk|bare|vendure|medusa) /.test(name) && name !== 'bare static';
  if (rounds.some(({ name }) => compared(name))) {
    add('throughput.svg', 'Units a second, 16 clients', (title) =>
      drawBars(
        title,
        '/s',
        bars((round) => round.perSecond, compared),
      ),
    );
  }
  const checkout = rounds.findLast(({ name }) => name === 'checkout' || name === 'souk guest checkout');
  if (checkout) {
    add('checkout-cpu.svg', 'Where the processor time of one guest checkout goes', (title) =>
      drawBars(title, 'ms', cpuBars(checkout)),
    );
  }
  const stress = rounds.findLast(({ name }) => name === 'stress');
  if (stress)
    add('knee.svg', 'Answer times of POST /orders against load', (title) => drawKnee(title, stress));
  return plots;
}

/** One bar a process, the app and its sidecar in one bar. */
function cpuBars({ cpuMsPerUnitByProcess }: Round): Bar[] {
  const by = new Map<string, { name: string; value: number }[]>();
  for (const [process, value] of Object.entries(cpuMsPerUnitByProcess)) {
    if (value < 0.05) continue;
    const app = process.replace(/-dapr$/, '');
    const name = process.endsWith('-dapr') ? 'sidecar' : 'process';
    by.set(
      app,
      [...(by.get(app) ?? []), { name, value }].toSorted((a, b) => a.name.localeCompare(b.name)),
    );
  }
  const total = (parts: { value: number }[]) => parts.reduce((sum, { value }) => sum + value, 0);
  return [...by]
    .map(([label, parts]) => ({ label, parts }))
    .toSorted((a, b) => total(b.parts) - total(a.parts));
}

function drawKnee(title: string, { details }: Round): string {
  const rates = Object.keys(details).flatMap((name) => /^units scenario:rate_(\d+)$/.exec(name)?.[1] ?? []);
  const lines = ['med', 'p(95)', 'p(99)'].map((part) => ({
    name: part === 'med' ? 'p50' : part.replace(/[()]/g, ''),
    points: rates
      .map(Number)
      .toSorted((a, b) => a - b)
      .map((rate) => ({ x: rate, y: details[`scenario:rate_${rate},name:POST /orders ${part}`] ?? 0 })),
  }));
  return drawLines({ title, x: 'checkouts begun a second', y: 'ms' }, lines);
}
