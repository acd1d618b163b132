/**
 * What one order costs: hops between sidecars, and statements over all schemas, until the buyer has the answer and until
 * everything that follows from it has come to rest.
 *
 * Hops come from the sidecars' own counters of invocations sent. Statements come from MariaDB's general log, because an
 * order's are told from the noise of an idle shop (relays that look for events, sweepers, timers) by what they are: work
 * that is seen while nobody buys is noise, in the same shape, later too. Each order is bought alone and the shop is left
 * to come to rest before the next, so that none shares its batches with another: the figures are an upper bound.
 */
import { portsOf, serviceNames } from '@souk/contracts/ports';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { closeBackRoom, newArticle, untilShopIsUp } from '../support/back-room.ts';
import { eventually, mailsTo, place, readyCart } from '../support/shop.ts';
import { type Statement, type StatementLog, startStatementLog } from '../support/statement-log.ts';

const orders = 5;
const idleMs = 6_000;
/** Longer than every timer of the shop: after so long without work of an order, none comes any more. */
const restMs = 2_500;
/** Four hops until the answer; and afterwards recommendations asks catalog whose the articles are. */
const limits = { hops: 5, untilAnswer: 34, untilRest: 64 };

interface Bought {
  hops: number;
  answerMs: number;
  untilAnswer: Statement[];
  untilRest: Statement[];
  /** All statements of the time, less those that an idle shop sends in as long. */
  untilRestByRate: number;
}

let log: StatementLog;
let stopLog = async () => {};

beforeAll(async () => {
  await untilShopIsUp();
  // The first order opens connections and fills caches; it is not what an order costs.
  await buy();
  await untilRest(Date.now());
  log = await startStatementLog();
  stopLog = log.stop;
});
afterAll(async () => {
  await stopLog();
  await closeBackRoom();
});

/** Invocations sent by all sidecars since they started. */
async function hops(): Promise<number> {
  const texts = await Promise.all(
    serviceNames.map(async (service) => {
      const answer = await fetch(`http://127.0.0.1:${portsOf(service).metrics}/metrics`);
      return answer.text();
    }),
  );
  const counts = texts
    .flatMap((text) => [...text.matchAll(/^dapr_runtime_service_invocation_req_sent_total\{.*\} (\d+)$/gm)])
    .map(([, count]) => Number(count));
  return counts.reduce((sum, count) => sum + count, 0);
}

async function readyToBuy() {
  const articles = await Promise.all([1, 2, 3].map(() => newArticle({ stock: 10 })));
  return readyCart({ lines: articles.map(({ sku }) => ({ sku, quantity: 1 })) });
}

async function buy(cart?: Awaited<ReturnType<typeof readyToBuy>>): Promise<{ fromMs: number; toMs: number }> {
  const ready = cart ?? (await readyToBuy());
  const fromMs = performance.timeOrigin + performance.now();
  const placed = await place(ready);
  const toMs = performance.timeOrigin + performance.now();
  expect([placed.status, placed.body.state]).toEqual([201, 'confirmed']);
  await eventually(async () => (await mailsTo(ready.email)).length === 1);
  return { fromMs, toMs };
}

/** Waits until no work but that of an idle shop has been seen for `restMs`. */
async function untilRest(sinceMs: number, idle?: ReadonlySet<string>): Promise<void> {
  await eventually(async () => {
    const last = idle ? ((await log.read()).findLast(({ work }) => !idle.has(work))?.atMs ?? 0) : 0;
    return Date.now() - Math.max(sinceMs, last) > restMs;
  });
}

const mean = (counts: number[]) => counts.reduce((sum, count) => sum + count, 0) / counts.length;
const perService = (statements: Statement[]) =>
  [...Map.groupBy(statements, ({ service }) => service)]
    .map(([service, { length }]) => `${service} ${(length / orders).toFixed(1)}`)
    .join(', ');

it('an order of three lines keeps to its hops and statements', async () => {
  const carts = await Promise.all(Array.from({ length: orders }, readyToBuy));
  await untilRest(Date.now());
  const quietMs = Date.now();
  await eventually(async () => Date.now() - quietMs > idleMs, idleMs + 5_000);
  const quiet = (await log.read()).filter(({ atMs }) => atMs > quietMs);
  const idle = new Set(quiet.map(({ work }) => work));
  const noisePerMs = quiet.length / (Date.now() - quietMs);
  const bought: Bought[] = [];
  for (const cart of carts) {
    const before = await hops();
    const { fromMs, toMs } = await buy(cart);
    await untilRest(Date.now(), idle);
    const all = (await log.read()).filter(({ atMs }) => atMs >= fromMs);
    const own = all.filter(({ work }) => !idle.has(work));
    bought.push({
      hops: (await hops()) - before,
      answerMs: toMs - fromMs,
      untilAnswer: own.filter(({ atMs }) => atMs <= toMs),
      untilRest: own,
      untilRestByRate: all.length - noisePerMs * (Date.now() - fromMs),
    });
  }
  const { untilAnswer, untilRest: all, byRate } = report(bought);
  expect(Math.max(...bought.map((order) => order.hops))).toBeLessThanOrEqual(limits.hops);
  expect(Math.min(...bought.map((order) => order.hops))).toBeGreaterThan(0);
  expect(untilAnswer).toBeGreaterThan(5);
  expect(untilAnswer).toBeLessThanOrEqual(limits.untilAnswer);
  expect(all).toBeLessThanOrEqual(limits.untilRest);
  // Both ways of counting agree: no work of an order hides behind a shape that idleness has too.
  expect(Math.abs(byRate - all)).toBeLessThan(15);
}, 120_000);

/** Prints the figures and answers the means of statements. */
function report(bought: Bought[]): { untilAnswer: number; untilRest: number; byRate: number } {
  const untilAnswer = mean(bought.map((order) => order.untilAnswer.length));
  const all = mean(bought.map((order) => order.untilRest.length));
  const byRate = mean(bought.map((order) => order.untilRestByRate));
  const lines = [
    `an order of three lines, mean of ${orders}, one at a time:`,
    `  hops                     ${mean(bought.map((order) => order.hops)).toFixed(1)} (≤ ${limits.hops})`,
    `  statements until answer  ${untilAnswer.toFixed(1)} (≤ ${limits.untilAnswer}): ${perService(bought.flatMap((order) => order.untilAnswer))}`,
    `  statements until at rest ${all.toFixed(1)} (≤ ${limits.untilRest}): ${perService(bought.flatMap((order) => order.untilRest))}`,
    `  the same, all less the rate of an idle shop: ${byRate.toFixed(1)}`,
    `  answer after             ${mean(bought.map((order) => order.answerMs)).toFixed(0)} ms`,
  ];
  console.log(lines.join('\n'));
  return { untilAnswer, untilRest: all, byRate };
}
