/** Turns a run beside the peers into the table of docs/performance.md; it writes no number that is not in the run. */
import { foreignLimitCores, type Round, takenCores } from '../measure.ts';
import { short } from '../plot.ts';
import { median, type Run, writeBetween } from '../report.ts';

export interface PeersRun extends Run {
  /** How many products each peer had. */
  peerProducts: number;
  /** Name → version. */
  peers: Record<string, string>;
  /** Of one round. */
  seconds: number;
}

/** What the shop should do for each unit of the first peer. */
const bars: Readonly<Record<string, number>> = { "new guest's first item": 8, 'guest checkout': 8 };

/** Writes the results between the two marks of the document. */
export function writeBeside(run: PeersRun, resultFile: string): void {
  writeBetween(
    'peers: written by `make perf-peers`',
    'end of peers',
    `${heading(run, resultFile)}\n\n${table(run)}`,
  );
}

function heading(run: PeersRun, resultFile: string): string {
  const { cores, model } = run.machine;
  const peers = Object.entries(run.peers).map(([name, version]) => `${titleOf(name)} ${version}`);
  const taken = run.rounds.map(takenCores);
  const wrong = run.rounds.reduce((sum, { errors }) => sum + errors, 0);
  const busy = taken.filter((cores) => cores > foreignLimitCores).length;
  const times = run.rounds.filter(({ name }) => name === run.rounds[0]!.name).length;
  return `Run of ${run.at.slice(0, 16)} UTC at ${run.commit}: ${cores} cores (${model}), ${peers.join(' and ')} with ${run.peerProducts.toLocaleString('en')} products, Souk with ${run.products.toLocaleString('en')}, 16 clients, ${times} rounds of ${run.seconds} s in turns; medians, all of it in [${resultFile}](../${resultFile}). Others and the host took at most ${Math.max(...taken).toFixed(2)} core during a round, more than ${foreignLimitCores} in ${busy} of ${taken.length}; ${wrong} answers were wrong.`;
}

const titleOf = (name: string) => `${name[0]!.toUpperCase()}${name.slice(1)}`;

/** One row a work; the peers' units a second with how many times as many the shop has. */
export function table({ rounds, peers }: PeersRun): string {
  const sides = ['souk', ...Object.keys(peers)];
  const works = [...new Set(rounds.map(({ name }) => name.slice(name.indexOf(' ') + 1)))];
  const rows = works.map((work) => {
    const of = (side: string, figure: (round: Round) => number) =>
      median(rounds.filter(({ name }) => name === `${side} ${work}`).map(figure));
    const each = (figure: (round: Round) => number) =>
      sides.map((side) => short(of(side, figure))).join(' / ');
    const perSecond = (side: string) => of(side, (round) => round.perSecond);
    const times = (side: string) => perSecond('souk') / perSecond(side);
    return [
      work,
      short(perSecond('souk')),
      ...sides.slice(1).map((side) => `${short(perSecond(side))} (**${short(times(side))}**)`),
      each(({ p50Ms }) => p50Ms),
      each(({ cpuMsPerUnit }) => cpuMsPerUnit),
      each(({ counted, units }) => counted.statements / units),
      barOf(work, times(sides[1]!)),
    ];
  });
  const names = sides.map(titleOf);
  const head = [
    'work',
    ...names.map((name, place) => (place === 0 ? `${name}, units/s` : `${name} (Souk has times as many)`)),
    ...['p50 ms', 'CPU ms a unit', 'statements'].map((what) => `${what}, ${names.join(' / ')}`),
    `bar against ${names[1]}`,
  ];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [head, head.map((_, place) => (place === 0 ? '---' : '--:')), ...rows].map(line).join('\n');
}

function barOf(work: string, times: number): string {
  const bar = bars[work];
  return bar === undefined ? '–' : `≥ ${bar}: ${times >= bar ? '**reached**' : '**missed**'}`;
}
