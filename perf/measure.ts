/** One measured round: what a load cost in processor time, hops and statements, from the first request until rest. */
import type { Connection } from 'mysql2/promise';
import { type Counters, countedBetween, readCounters, untilAtRest } from './counters.ts';
import { type Children, type CpuUse, cpuBetween, readCpu, readMemory, sum } from './cpu.ts';

/** More taken by others than this and a round is not believed: it is done again, twice at most. */
export const foreignLimitCores = 0.3;
const mostTries = 3;

/** What came out of a load, whoever made it. */
export interface Load {
  units: number;
  errors: number;
  seconds: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
  /** Thresholds that were missed. */
  missed: string[];
  /** Further figures of the suite, by name. */
  details: Record<string, number>;
}

export interface Round extends Load {
  name: string;
  side: Work['side'];
  at: string;
  perSecond: number;
  /** Milliseconds of processor time a unit, all processes of the measured side, until rest. */
  cpuMsPerUnit: number;
  cpuMsPerUnitByProcess: Record<string, number>;
  /** How long processor time was counted. */
  measuredSeconds: number;
  generatorCores: number;
  foreignCores: number;
  stolenCores: number;
  counted: Counters;
  /** From the last answer until no event was unsent or unheard; null: not within the time. */
  restMs: number | null;
  memoryBytes: Record<string, number>;
  /** Whether an earlier try was thrown away because of foreign work. */
  repeated: boolean;
}

export interface Work {
  name: string;
  /** Whose processor time it is. */
  side: 'shop' | 'bare' | 'peer';
  run(): Promise<Load>;
  /** Servers of ours beside the shop; their processor time counts, whichever side it is. */
  children?: Children;
  /** Other processes that belong to the measured side, e.g. `mariadb` of the shop under a bare server. */
  countShop?: readonly string[];
  /** Statements so far on a database that is not the shop's; without it they are the shop's database's. */
  countStatements?: () => Promise<number>;
}

/** What other programs and other machines on the same host took. */
export const takenCores = ({ foreignCores, stolenCores }: Pick<Round, 'foreignCores' | 'stolenCores'>) =>
  foreignCores + stolenCores;

/** Measures; again while others took too much of the machine. The quietest is kept, with what was taken from it. */
export async function measure(admin: Connection, work: Work, tryAtMost = mostTries): Promise<Round> {
  let best = await measureOnce(admin, work);
  for (let tries = 1; tries < tryAtMost && takenCores(best) > foreignLimitCores; tries += 1) {
    const next = await measureOnce(admin, work);
    best = { ...(takenCores(next) < takenCores(best) ? next : best), repeated: true };
  }
  return best;
}

/** Measures once, however much others took: {@link takenCores} tells. */
export async function measureOnce(admin: Connection, work: Work): Promise<Round> {
  const at = new Date().toISOString();
  await untilAtRest(admin);
  const countersBefore = await countersOf(admin, work);
  const before = readCpu(work.children);
  const load = await work.run();
  const restMs = work.side === 'shop' ? await untilAtRest(admin) : 0;
  const after = readCpu(work.children);
  const counted = countedBetween(countersBefore, await countersOf(admin, work));
  const use = cpuBetween(before, after);
  const byProcess = costs(work, use);
  const perUnit = (seconds: number) => (load.units === 0 ? 0 : (seconds * 1_000) / load.units);
  return {
    ...load,
    name: work.name,
    side: work.side,
    at,
    perSecond: load.units / load.seconds,
    cpuMsPerUnit: perUnit(sum(byProcess)),
    cpuMsPerUnitByProcess: Object.fromEntries(
      Object.entries(byProcess).map(([name, seconds]) => [name, perUnit(seconds)]),
    ),
    measuredSeconds: use.seconds,
    generatorCores: use.generator / use.seconds,
    foreignCores: use.foreignCores,
    stolenCores: use.stolenCores,
    counted,
    restMs,
    memoryBytes: readMemory(),
    repeated: false,
  };
}

async function countersOf(admin: Connection, { countStatements }: Work): Promise<Counters> {
  const counters = await readCounters(admin);
  return countStatements ? { ...counters, statements: await countStatements() } : counters;
}

/** CPU seconds by process of the side that was measured. */
function costs({ side, countShop = [] }: Work, { shop, bare }: CpuUse): Record<string, number> {
  if (side === 'shop') return { ...shop, ...bare };
  return { ...bare, ...Object.fromEntries(countShop.map((name) => [name, shop[name] ?? 0])) };
}
