/** The suites of `make perf`, in the order in which they run, and how a k6 result becomes a load. */
import { type K6Result, runK6 } from './k6.ts';
import type { Load } from './measure.ts';

export interface Suite {
  name: string;
  /** In perf/suites, without its ending. */
  file: string;
  /** What one unit is, for people. */
  unit: string;
  /** Longest that it may take. */
  limitMs: number;
  env?: Record<string, string>;
}

const minute = 60_000;
const soakSeconds = Number(process.env.SOAK_SECONDS ?? 360);

export const suites: readonly Suite[] = Object.freeze([
  { name: 'smoke', file: 'smoke', unit: 'visit', limitMs: 2 * minute },
  { name: 'browse', file: 'browse', unit: 'visit', limitMs: 2 * minute },
  { name: 'checkout', file: 'checkout', unit: 'checkout', limitMs: 2 * minute },
  { name: 'checkout-lean', file: 'checkout', unit: 'checkout', limitMs: 2 * minute, env: { FLOW: 'lean' } },
  {
    name: 'checkout-1',
    file: 'checkout',
    unit: 'checkout',
    limitMs: 2 * minute,
    env: { CLIENTS: '1', SECONDS: '15' },
  },
  { name: 'checkout-40', file: 'checkout', unit: 'checkout', limitMs: 2 * minute, env: { RATE: '40' } },
  { name: 'mixed', file: 'mixed', unit: 'visit', limitMs: 3 * minute },
  { name: 'stress', file: 'stress', unit: 'checkout', limitMs: 4 * minute },
  { name: 'spike', file: 'spike', unit: 'visit', limitMs: 3 * minute },
  { name: 'flash-sale', file: 'flash-sale', unit: 'sale', limitMs: 4 * minute },
  { name: 'overload', file: 'overload', unit: 'checkout', limitMs: 3 * minute },
  {
    name: 'soak',
    file: 'soak',
    unit: 'visit',
    limitMs: (soakSeconds + 60) * 1_000,
    env: { SECONDS: `${soakSeconds}` },
  },
]);

/** Names that SUITE may hold: the suites', and `bare` and `gate`. */
export function chosenSuites(wanted: string | undefined): { suites: Suite[]; bare: boolean; gate: boolean } {
  if (!wanted) return { suites: [...suites], bare: true, gate: true };
  const names = wanted.split(',').map((name) => name.trim());
  const known = [...suites.map(({ name }) => name), 'bare', 'gate'];
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`no suite ${unknown.join(', ')}; there are ${known.join(', ')}`);
  return {
    suites: suites.filter(({ name }) => names.includes(name)),
    bare: names.includes('bare'),
    gate: names.includes('gate'),
  };
}

/** Runs a suite and answers what came out. */
export async function runSuite(
  { file, limitMs, env = {} }: Suite,
  more: Record<string, string>,
): Promise<Load> {
  return asLoad(await runK6(file, { ...env, ...more }, limitMs));
}

const requestTime = /^http_req_duration\{(.*)\}$/;

/** The figures that count, out of everything that k6 tells. */
export function asLoad({ metrics, missed, seconds }: K6Result): Load {
  const value = (name: string, part: string) => metrics[name]?.values[part] ?? 0;
  const details: Record<string, number> = {
    requests: value('http_reqs', 'count'),
    shed: value('shed', 'count'),
    shedP95Ms: value('shed_ms', 'p(95)'),
    unfinished: value('unfinished', 'count'),
    soldOut: value('sold_out', 'count'),
    dropped: value('dropped_iterations', 'count'),
  };
  for (const [name, { values, type }] of Object.entries(metrics)) {
    const tags = requestTime.exec(name)?.[1] ?? /^(?:unit_ms|units|placed)\{(.*)\}$/.exec(name)?.[1];
    if (!tags) continue;
    const what = name.startsWith('units') ? 'units ' : name.startsWith('unit_ms') ? 'unit ' : '';
    if (type === 'rate') details[`placed ${tags}`] = values.rate ?? 0;
    else if (type === 'counter') details[`${what}${tags}`] = values.count ?? 0;
    else for (const part of ['med', 'p(95)', 'p(99)']) details[`${what}${tags} ${part}`] = values[part] ?? 0;
  }
  return {
    units: value('units', 'count'),
    // A rate's `passes` are the samples that were true: the wrong ones.
    errors: value('wrong', 'passes'),
    seconds,
    p50Ms: value('unit_ms', 'med'),
    p95Ms: value('unit_ms', 'p(95)'),
    p99Ms: value('unit_ms', 'p(99)'),
    missed,
    details,
  };
}
