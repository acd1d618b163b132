/** Watches the memory of every process while a load goes on: none may grow once it has warmed up. */
import type { Connection } from 'mysql2/promise';
import { say } from '../tools/platform/progress.ts';
import { setTraceShare } from './counters.ts';
import { readMemory } from './cpu.ts';
import { type Holdings, readHoldings } from './holdings.ts';
import type { Load } from './measure.ts';
import { runSuite, suites } from './suites.ts';

const lookEveryMs = 5_000;
/** Heaps and caches fill in the first minutes; what grows after that grows for ever. */
const warmUpMs = 180_000;
const slopeLimit = 1;
/** MiB at any look, the warm-up too: what is given to it is what it may have. */
const mostMiB: Readonly<Record<string, number>> = { mariadb: 300 };
const mebibyte = 2 ** 20;

/** As many orders as the catcher keeps mails, and six times as many traces as Jaeger does. */
const fillOrders = 1_000;
const fillSeconds = 15;
const mostFills = 12;

export interface Look {
  atMs: number;
  /** Bytes by process. */
  memory: Record<string, number>;
}

/**
 * Fills what is bounded, as a shop that is open fills it in its first hours: guests buy as fast as they can, and every
 * request is traced, as it is outside of measurements. Without it a store on its way to its bound looks like a leak. Answers
 * how far that went.
 */
export async function fillBounds(admin: Connection, traceShare: number): Promise<Load['details']> {
  const begunMs = performance.now();
  const checkout = suites.find(({ name }) => name === 'checkout')!;
  let orders = 0;
  let missing = Number.POSITIVE_INFINITY;
  await setTraceShare(1);
  try {
    for (let fills = 0; fills < mostFills && (orders < fillOrders || missing > 0); fills += 1) {
      orders += (await runSuite(checkout, { SECONDS: `${fillSeconds}` })).units;
      missing = await missingPages(admin);
    }
  } finally {
    await setTraceShare(traceShare);
  }
  if (orders < fillOrders)
    throw new Error(
      `only ${orders} of ${fillOrders} orders in ${(mostFills * fillSeconds) / 60} min: make status`,
    );
  const seconds = Math.round((performance.now() - begunMs) / 1_000);
  say(`filled what is bounded: ${orders} orders in ${seconds} s, MariaDB has room for ${missing} pages more`);
  return { 'orders before': orders, 'pages missing before': missing };
}

/** How many pages MariaDB's buffer pool could still take in; some it always keeps free for the next ones to come. */
async function missingPages(admin: Connection): Promise<number> {
  const [rows] = (await admin.query(
    `SELECT VARIABLE_VALUE - @@innodb_lru_scan_depth AS missing FROM information_schema.GLOBAL_STATUS
     WHERE VARIABLE_NAME = 'Innodb_buffer_pool_pages_free'`,
  )) as unknown as [{ missing: number }[]];
  return Math.max(0, Number(rows[0]!.missing));
}

/**
 * Adds each process's growth in MiB a minute after the warm-up, and misses the promise when one exceeds 1. Node processes are
 * compared by what they hold after a full collection, at the end of the warm-up and at the end; all others by their memory.
 */
export async function watchMemory(run: () => Promise<Load>, filled: Load['details']): Promise<Load> {
  const looks: Look[] = [];
  const begunMs = performance.now();
  const timer = setInterval(() => {
    looks.push({ atMs: performance.now() - begunMs, memory: readMemory() });
  }, lookEveryMs);
  const warm = Promise.withResolvers<Holdings>();
  // It is heard when the load has ended.
  warm.promise.catch(() => {});
  const warming = setTimeout(() => readHoldings().then(warm.resolve, warm.reject), warmUpMs);
  const load = await run().finally(() => {
    clearInterval(timer);
    clearTimeout(warming);
  });
  const isWarm = performance.now() - begunMs > warmUpMs;
  const { missed, details } = judgeMemory(looks, isWarm ? [await warm.promise, await readHoldings()] : []);
  return {
    ...load,
    missed: [...load.missed, ...missed],
    details: { ...load.details, ...filled, ...details },
  };
}

/**
 * What was seen: growth after the warm-up of each process that lived to the last look, by its holdings where it has some, and
 * the most that each of them had at any look.
 */
export function judgeMemory(
  looks: readonly Look[],
  holdings: readonly Holdings[] = [],
): Pick<Load, 'missed' | 'details'> {
  const late = looks.filter(({ atMs }) => atMs > warmUpMs);
  const names = Object.keys(late.at(-1)?.memory ?? {});
  const slopes = names.map((name) => {
    const held = holdings.flatMap((all) => (all[name] ? [[all[name].atMs, all[name].bytes] as const] : []));
    const seen = late.map(({ atMs, memory }) => [atMs, memory[name] ?? 0] as const);
    return [name, slopeOf(held.length > 0 ? held : seen)] as const;
  });
  const most = names.map(
    (name) => [name, Math.max(...looks.map(({ memory }) => memory[name] ?? 0)) / mebibyte] as const,
  );
  return {
    missed: [
      ...slopes
        .filter(([, slope]) => slope > slopeLimit)
        .map(([name, slope]) => `${name} grows ${slope.toFixed(1)} MiB a minute`),
      ...most
        .filter(([name, held]) => held > (mostMiB[name] ?? Number.POSITIVE_INFINITY))
        .map(([name, held]) => `${name} has ${held.toFixed(0)} MiB, more than ${mostMiB[name]}`),
    ],
    details: {
      ...Object.fromEntries(slopes.map(([name, slope]) => [`MiB a minute ${name}`, slope])),
      ...Object.fromEntries(most.map(([name, held]) => [`most MiB ${name}`, held])),
    },
  };
}

/** The straight line through the points by least squares, in MiB a minute. */
export function slopeOf(points: readonly (readonly [atMs: number, bytes: number])[]): number {
  if (points.length < 2) return 0;
  const mean = (values: number[]) => values.reduce((total, value) => total + value, 0) / values.length;
  const middleMs = mean(points.map(([atMs]) => atMs));
  const middleBytes = mean(points.map(([, bytes]) => bytes));
  const above = points.reduce((total, [atMs, bytes]) => total + (atMs - middleMs) * (bytes - middleBytes), 0);
  const below = points.reduce((total, [atMs]) => total + (atMs - middleMs) ** 2, 0);
  return below === 0 ? 0 : (above / below / mebibyte) * 60_000;
}
