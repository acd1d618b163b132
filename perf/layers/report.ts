/** Turns what layers cost into their part of docs/performance.md; it writes no number that was not measured. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../tools/platform/paths.ts';
import { foreignLimitCores, takenCores } from '../measure.ts';
import { type Bar, drawBars, short } from '../plot.ts';
import { median, type Run, writeBetween } from '../report.ts';
import { type Difference, type LayerCost, type Spread, standsOut } from './layer.ts';
import type { Checked } from './validation-bench.ts';

export interface LayersRun extends Run {
  /** What the shop and the second processes needed while nobody asked, before each round. */
  idleCores: number[];
  /** What joi takes, in milliseconds of processor time. */
  checked: Record<keyof Checked, Spread>;
  costs: LayerCost[];
}

const picture = 'layers.svg';
const title = "Each layer's part of the processor time of what it serves";

/** Writes the plot, and the table between the two marks of the document. */
export function writeLayers(run: LayersRun, resultFile: string): void {
  const folder = join(root, 'docs/performance');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, picture), drawBars(title, '%', barsOf(run)));
  const words = [heading(run, resultFile), table(run), `![${title}](performance/${picture})`].join('\n\n');
  writeBetween('layers: written by `make perf-layers`', 'end of layers', words);
}

function heading({ at, commit, machine, idleCores, rounds }: LayersRun, resultFile: string): string {
  const taken = rounds.map(takenCores);
  const again = rounds.filter(({ repeated }) => repeated).length;
  return (
    `Run of ${at.slice(0, 16)} UTC at ${commit}: ${machine.cores} cores (${machine.model}), all of it in ` +
    `[${resultFile}](../${resultFile}). ${rounds.length} rounds; others and the host took ${median(taken).toFixed(2)} core ` +
    `(median), ${Math.max(...taken).toFixed(2)} at most; ${again} rounds were done again because they took more than ` +
    `${foreignLimitCores}. Shop and second processes together took ${median(idleCores).toFixed(2)} core while nobody asked; that is not in the figures.`
  );
}

/** The costs in milliseconds: the median, and from the least to the most of the rounds. */
export function table({ costs, checked }: Pick<LayersRun, 'costs' | 'checked'>): string {
  const cost = (difference: Difference) =>
    `${standsOut(difference) ? `**${short(difference.cost.median)}**` : short(difference.cost.median)} (${range(difference.cost)})`;
  const whole = ({ with: spread }: Difference) => `${short(spread.median)} (${range(spread)})`;
  const rows = costs.map(({ name, by, unit, cpuMs, p50Ms }) => [
    name,
    by,
    unit,
    whole(cpuMs),
    cost(cpuMs),
    `${share(cpuMs).toFixed(1)} %`,
    whole(p50Ms),
    cost(p50Ms),
  ]);
  const benches = checksOf({ costs, checked }).map(({ unit, spread, part }) => [
    'validation (joi)',
    'a bench of the routes’ own schemas: no switch',
    unit,
    '–',
    `**${short(spread.median)}** (${range(spread)})`,
    `${part.toFixed(1)} %`,
    '–',
    '–',
  ]);
  const head = [
    'layer',
    'switched off by',
    'one',
    'CPU ms with it',
    'it costs',
    'share',
    'p50 ms with it',
    'it adds',
  ];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const ruler = '|---|---|---|--:|--:|--:|--:|--:|';
  return [line(head), ruler, ...[...rows, ...benches].map(line)].join('\n');
}

const range = ({ least, most }: Spread) => `${short(least)} … ${short(most)}`;

/** Percent of the processor time with the layer. */
const share = ({ with: whole, cost }: Difference) => (100 * cost.median) / whole.median;

/** Validation beside the work that it is a part of. */
function checksOf({ costs, checked }: Pick<LayersRun, 'costs' | 'checked'>) {
  const wholeOf = (unit: LayerCost['unit'], name: string) =>
    costs.find((one) => one.unit === unit && one.name === name)!.cpuMs.with.median;
  const kinds = [
    { unit: 'call', spread: checked.quote, whole: wholeOf('call', 'hop: two sidecars') },
    { unit: 'checkout', spread: checked.checkout, whole: wholeOf('checkout', 'durable flush') },
  ];
  return kinds.map(({ unit, spread, whole }) => ({ unit, spread, part: (100 * spread.median) / whole }));
}

function barsOf(run: LayersRun): Bar[] {
  const bar = (name: string, unit: string, { value, sure }: { value: number; sure: boolean }): Bar => ({
    label: `${name}, ${unit}`,
    // Less than nothing is noise; the table shows it.
    parts: [{ name: sure ? 'stands out' : 'may be nothing', value: Math.max(0, value) }],
  });
  return [
    // What the method itself errs by is in the table.
    ...run.costs
      .filter(({ name }) => !name.startsWith('nothing'))
      .map(({ name, unit, cpuMs }) => bar(name, unit, { value: share(cpuMs), sure: standsOut(cpuMs) })),
    ...checksOf(run).map(({ unit, part }) => bar('validation', unit, { value: part, sure: true })),
  ];
}

/** One layer as a line for people. */
export function costLine({ name, unit, cpuMs, p50Ms }: LayerCost): string {
  const said = (difference: Difference) =>
    `${short(difference.cost.median)} of ${short(difference.with.median)} ms${standsOut(difference) ? '' : ' (does not stand out)'}`;
  return `${name}, a ${unit}: CPU ${said(cpuMs)}, p50 ${said(p50Ms)}`;
}
