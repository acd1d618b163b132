/** Writes what the growth measurements found into docs/performance.md: a table for each part, under "As the tables grow". */
import type { Run } from '../report.ts';
import { writeBetween } from '../report.ts';
import type { Growth } from './growth.ts';
import type { Mailed } from './mail.ts';
import type { GrownOrders } from './orders.ts';
import type { GrownProducts } from './products.ts';

export interface ScaleRun extends Pick<Run, 'at' | 'commit' | 'machine' | 'traceShare' | 'isMeasurement'> {
  products?: GrownProducts;
  orders?: GrownOrders;
  mail?: Mailed;
}

const whole = (value: number) => Math.round(value).toLocaleString('en');
const ms = (value: number) => (value < 10 ? value.toFixed(1) : whole(value));

/** Each part that was measured replaces its own table; the others stay as they were. */
export function writeScaleReport(run: ScaleRun, resultFile: string): void {
  const source = `${run.at.slice(0, 16)} UTC at ${run.commit}, ${run.machine.cores} cores, [JSON](../${resultFile})${run.isMeasurement ? '' : '; **a trial**: others worked on the machine'}`;
  const { products, orders, mail } = run;
  if (products) {
    const size = `${whole(products.before)} → ${whole(products.after)} products (seeding those took ${whole(products.seedSeconds)} s), 16 clients`;
    writePart('products', `${size}; ${source}.\n\n${growthTable(products.kinds)}`);
  }
  if (orders) {
    const size = `${whole(orders.before)} → ${whole(orders.after)} orders, ${whole(orders.rows)} rows in ${whole(orders.fillSeconds)} s, ${(orders.bytes / 2 ** 30).toFixed(1)} GiB in the end`;
    writePart(
      'orders',
      `${size}; ${orders.perSecond} orders a second, lists by 4 clients; ${source}.\n\n${growthTable(orders.kinds)}`,
    );
  }
  if (mail) writePart('mail', `${source}.\n\n${mailTable(mail)}`);
}

const writePart = (part: string, words: string) =>
  writeBetween(`scale ${part}: written by \`make perf-scale\``, `end of scale ${part}`, words);

const verdict = (missed: readonly string[]) => (missed.length === 0 ? 'kept' : `**${missed.join('; ')}**`);

function growthTable(kinds: readonly Growth[]): string {
  const rows = kinds.map(({ name, before, after, growth, missed }) =>
    [
      name,
      ...[before, after].map(({ perSecond }) => (perSecond < 10 ? perSecond.toFixed(1) : whole(perSecond))),
      ...[before, after].map(({ p50Ms, p95Ms }) => `${ms(p50Ms)} / ${ms(p95Ms)}`),
      `${growth.toFixed(2)} ×`,
      ...[before, after].map(({ databaseMs }) => databaseMs.toFixed(2)),
      verdict(missed),
    ].join(' | '),
  );
  return tableOf(
    [
      '|---|--:|--:|--:|--:|--:|--:|--:|---|',
      'work | units/s before | after | p50 / p95 ms before | after | p95 grows | MariaDB, ms CPU a unit before | after | bars',
    ],
    rows,
  );
}

function mailTable({ rates }: Mailed): string {
  const rows = rates.map((one) =>
    [
      `${one.rate}`,
      `${one.confirmedPerSecond.toFixed(1)}`,
      ms(one.postP95Ms),
      [one.p50Ms, one.p95Ms, one.p99Ms].map(ms).join(' / '),
      ms(one.maxMs),
      verdict(one.missed),
    ].join(' | '),
  );
  return tableOf(
    [
      '|--:|--:|--:|--:|--:|---|',
      'orders begun a second | confirmed a second | POST /orders p95 ms | mail p50 / p95 / p99 ms | slowest ms | bars',
    ],
    rows,
  );
}

function tableOf([ruler, head]: readonly [string, string], rows: readonly string[]): string {
  return [`| ${head} |`, ruler, ...rows.map((row) => `| ${row} |`)].join('\n');
}
