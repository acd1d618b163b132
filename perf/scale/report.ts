/** Writes what growing tables cost into docs/performance.md. */
import { short } from '../plot.ts';
import { type Run, writeBetween } from '../report.ts';
import type { Figures } from './growth.ts';
import type { Grown } from './products.ts';

export interface ScaleRun extends Pick<Run, 'at' | 'commit' | 'machine' | 'traceShare' | 'isMeasurement'> {
  parts: Partial<Record<'products' | 'orders', Grown>>;
}

/** Replaces the tables of the parts that were measured. */
export function writeScaleReport(
  { at, commit, machine, isMeasurement, parts }: ScaleRun,
  file: string,
): void {
  const trial = isMeasurement ? '' : ' **A trial**: others worked on the machine.';
  for (const [part, grown] of Object.entries(parts)) {
    const source = `${grown.sizes.join(' → ')}: run of ${at.slice(0, 16)} UTC at ${commit}, ${machine.cores} cores, [JSON](../${file}).${trial}`;
    writeBetween(
      `scale-${part}: written by \`make perf-scale\``,
      `end of scale-${part}`,
      `${source}\n\n${table(grown)}`,
    );
  }
}

function table({ sizes, kinds }: Grown): string {
  const times = ({ p50Ms, p95Ms }: Figures) => `${short(p50Ms)} / ${short(p95Ms)}`;
  const rows = kinds.map(({ name, before, after, growth, bareGrowth, missed }) =>
    [
      ...[name, times(before), times(after)],
      ...[growth, bareGrowth, growth / bareGrowth].map((factor) => `${factor.toFixed(2)} ×`),
      `${short(before.statements)}, ${short(after.statements)}`,
      missed.length === 0 ? 'kept' : `**${missed.join('; ')}**`,
    ].join(' | '),
  );
  const head = `p50 / p95 ms at ${sizes[0]} | at ${sizes[1]} | p95 grows | of the yardstick | ratio | statements a request | bars`;
  return [
    `| asked | ${head} |`,
    '|---|--:|--:|--:|--:|--:|--:|---|',
    ...rows.map((row) => `| ${row} |`),
  ].join('\n');
}
