/** The committed baseline: what each request may cost, with the range that was seen when it was made. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../tools/platform/paths.ts';
import type { Cost } from './gate-figures.ts';

const file = join(root, 'perf/baseline.json');

/** Smallest and largest that was seen. */
export type Range = [number, number];
export type Baseline = Record<string, Record<keyof Cost, Range>>;

/** Prices, stock and names differ a little between catalogues: bytes may grow by this much, counts by nothing. */
export const bytesTolerance = 0.02;

export const readBaseline = () => JSON.parse(readFileSync(file, 'utf8')) as Baseline;

export function rangesOf(costs: Record<string, Cost[]>): Baseline {
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

export function writeBaseline(baseline: Baseline): void {
  writeFileSync(file, `${JSON.stringify(baseline, null, 2)}\n`);
}

/** What costs more than it did, one sentence each. Cheaper is no offence; write a new baseline then. */
export function regressions(costs: Record<string, Cost[]>, baseline: Baseline): string[] {
  return Object.entries(costs).flatMap(([name, seen]) => {
    const allowed = baseline[name];
    if (!allowed) return [`${name} is not in the baseline`];
    return (['hops', 'statements', 'bytes'] as const).flatMap((kind) => {
      // The cheapest of several is free of what a timer of the shop added by chance.
      const now = Math.min(...seen.map((cost) => cost[kind]));
      const limit = allowed[kind][1] * (kind === 'bytes' ? 1 + bytesTolerance : 1);
      return now > limit ? [`${name}: ${now} ${kind}, the baseline has ${allowed[kind][1]}`] : [];
    });
  });
}
