/** Writes how late mails are into docs/performance.md. */
import { type Run, writeBetween } from '../report.ts';
import type { Mailed } from './delays.ts';

export interface MailRun extends Pick<Run, 'at' | 'commit' | 'machine' | 'traceShare' | 'isMeasurement'> {
  mail: Mailed;
}

const whole = (value: number) => Math.round(value).toLocaleString('en');

/** Replaces the table of the run before. */
export function writeMailReport({ at, commit, machine, isMeasurement, mail }: MailRun, file: string): void {
  const trial = isMeasurement ? '' : '; **a trial**: others worked on the machine';
  const source = `${at.slice(0, 16)} UTC at ${commit}, ${machine.cores} cores, [JSON](../${file})${trial}.`;
  writeBetween('mails: written by `make perf-mails`', 'end of mails', `${source}\n\n${mailTable(mail)}`);
}

function mailTable({ rates }: Mailed): string {
  const rows = rates.map((one) => {
    const cells = [
      one.rate,
      one.confirmedPerSecond.toFixed(1),
      whole(one.postP95Ms),
      [one.p50Ms, one.p95Ms, one.p99Ms].map(whole).join(' / '),
      whole(one.maxMs),
      one.missed.length === 0 ? 'kept' : `**${one.missed.join('; ')}**`,
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const head =
    '| orders begun a second | confirmed a second | POST /orders p95 ms | mail p50 / p95 / p99 ms | slowest ms | bar |\n|--:|--:|--:|--:|--:|---|';
  return `${head}\n${rows.join('\n')}`;
}
