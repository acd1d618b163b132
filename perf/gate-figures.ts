/** What one request costs that can be counted: hops, statements, bytes of the answer. Noise does not change them. */
import { eventually } from '../test/support/shop.ts';
import { type Statement, startStatementLog } from '../test/support/statement-log.ts';
import { readHops } from './counters.ts';
import { askStep, type Step, threeArticles, way } from './guest-way.ts';

export interface Cost {
  hops: number;
  /** Statements until the answer. */
  statements: number;
  /** Bytes of the answer's body. */
  bytes: number;
}

export type Costs = Record<string, Cost>;

const idleMs = 6_000;
/** Long enough that the shop's own timers do not hide in what a request causes. */
const settleMs = 300;

/** Walks the way `times` times and answers every cost that was seen, by step. */
export async function countCosts(times: number): Promise<Record<string, Cost[]>> {
  const articles = await threeArticles();
  // The first order opens connections and fills caches; it is not what a request costs.
  for (const step of way(articles)) await askStep(step);
  const log = await startStatementLog();
  try {
    const idle = await idleWork(log.read);
    const found: Record<string, Cost[]> = {};
    for (let round = 0; round < times; round += 1) {
      for (const step of way(articles)) {
        found[step.name] = [...(found[step.name] ?? []), await costOf(step, { read: log.read, idle })];
      }
    }
    return found;
  } finally {
    await log.stop();
  }
}

type Reading = { read: () => Promise<Statement[]>; idle: ReadonlySet<string> };

async function costOf(step: Step, { read, idle }: Reading): Promise<Cost> {
  await untilQuiet(read, idle);
  const hopsBefore = await readHops();
  const fromMs = performance.timeOrigin + performance.now();
  const answer = await askStep(step);
  const toMs = performance.timeOrigin + performance.now();
  const hops = (await readHops()) - hopsBefore;
  const own = (await read()).filter(({ atMs, work }) => atMs >= fromMs && atMs <= toMs && !idle.has(work));
  const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
  return { hops, statements: own.length, bytes: Buffer.byteLength(text) };
}

/** What an idle shop does by itself: relays that look for events, sweepers, timers. */
async function idleWork(read: Reading['read']): Promise<ReadonlySet<string>> {
  await untilQuiet(read, new Set());
  const fromMs = Date.now();
  await eventually(async () => Date.now() - fromMs > idleMs, idleMs + 5_000);
  return new Set((await read()).filter(({ atMs }) => atMs > fromMs).map(({ work }) => work));
}

async function untilQuiet(read: Reading['read'], idle: ReadonlySet<string>): Promise<void> {
  const sinceMs = Date.now();
  await eventually(async () => {
    const last = (await read()).findLast(({ work }) => !idle.has(work))?.atMs ?? 0;
    return Date.now() - (idle.size === 0 ? sinceMs : Math.max(sinceMs, last)) > settleMs;
  }, 20_000);
}
