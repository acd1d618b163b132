/** The committed baseline: what each request and a checkout may cost, from what was seen when it was made. */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { root } from '../tools/platform/paths.ts';
import type { Allocated } from './allocations.ts';
import type { Cost } from './gate-figures.ts';

const file = join(root, 'perf/baseline.json');

/** Smallest and largest that was seen. */
export type Range = [number, number];
export type Ranges = Record<string, Record<keyof Cost, Range>>;

export interface Baseline {
  /** Whose processor: on another one a checkout costs another time. */
  machine: string;
  requests: Ranges;
  /** Bytes a request, one value a run. */
  allocated: Record<string, number[]>;
  /** Milliseconds of processor time of a checkout where a bare order transaction takes 1 ms, one value a run. */
  checkoutMs: number[];
}

/** Prices, stock and names differ a little between catalogues: bytes may grow by this much, counts by nothing. */
export const bytesTolerance = 0.02;
const sigmas = 3;
/**
 * Shares of the mean: a few runs may look calmer than the next ones are; a checkout's time differs from host to host too: on one
 * whose speed tripled within the minute of the gate, the same sources came to 24 % above the mean.
 */
export const leastSigma = Object.freeze({ allocated: 0.03, checkout: 0.13 });

export const machine = () => `${cpus().length} cores, ${cpus()[0]?.model.trim() ?? 'unknown'}`;

export const readBaseline = () => JSON.parse(readFileSync(file, 'utf8')) as Baseline;

export function rangesOf(costs: Record<string, Cost[]>): Ranges {
  const range = (values: number[]): Range => [Math.min(...values), Math.max(...values)];
  return Object.fromEntries(
    Object.entries(costs).map(([name, seen]) => [
      name,
      {
        hops: range(seen.map(({ hops }) => hops)),
        statements: range(seen.map(({ statements }) => statements)),
        bytes: range(seen.map(({ bytes }) => bytes)),
      },
    ]),
  );
}

/** Writes it with lists of numbers on one line, as the formatter has them. */
export function writeBaseline(baseline: Baseline): void {
  const text = JSON.stringify(baseline, null, 2).replaceAll(/\[[\s\d.,]+\]/g, (list) =>
    list.replaceAll(/\s+/g, ' ').replace('[ ', '[').replace(' ]', ']'),
  );
  writeFileSync(file, `${text}\n`);
}

export interface Noise {
  mean: number;
  /** Standard deviation from run to run. */
  sigma: number;
  /** What a later run may reach. */
  limit: number;
}

/** The noise of a measured figure, and the limit that it puts to a later run: three standard deviations above, or three of the least. */
export function noiseOf(seen: readonly number[], least: number): Noise {
  const mean = seen.reduce((total, value) => total + value, 0) / seen.length;
  const square = seen.reduce((total, value) => total + (value - mean) ** 2, 0) / (seen.length - 1);
  const sigma = Math.sqrt(square);
  return { mean, sigma, limit: mean + sigmas * Math.max(sigma, least * mean) };
}

/** What costs more than it did, one sentence each. Cheaper is no offence; write a new baseline then. */
export function regressions(costs: Record<string, Cost[]>, ranges: Ranges): string[] {
  return Object.entries(costs).flatMap(([name, seen]) => {
    const allowed = ranges[name];
    if (!allowed) return [`${name} is not in the baseline`];
    return (['hops', 'statements', 'bytes'] as const).flatMap((kind) => {
      // The cheapest of several is free of what a timer of the shop added by chance.
      const now = Math.min(...seen.map((cost) => cost[kind]));
      const limit = allowed[kind][1] * (kind === 'bytes' ? 1 + bytesTolerance : 1);
      return now > limit ? [`${name}: ${now} ${kind}, the baseline has ${allowed[kind][1]}`] : [];
    });
  });
}

/** Requests that allocate more than noise explains, one sentence each, with the functions to look at. */
export function heavier(now: Record<string, Allocated>, before: Baseline['allocated']): string[] {
  return Object.entries(now).flatMap(([name, { bytes, largest }]) => {
    const seen = before[name];
    if (!seen) return [`${name} is not in the baseline`];
    const { mean, sigma, limit } = noiseOf(seen, leastSigma.allocated);
    if (bytes <= limit) return [];
    const most = largest.map(({ at, bytes: own }) => `${at} ${kB(own)}`).join(', ');
    return [
      `${name}: ${kB(bytes)} allocated, the baseline has ${kB(mean)} ± ${kB(sigma)} and allows ${kB(limit)}; most by ${most}`,
    ];
  });
}

export const kB = (bytes: number) => `${(bytes / 1_000).toFixed(1)} kB`;
