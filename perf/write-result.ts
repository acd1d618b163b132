/** How every measurement ends: its figures in a file under perf/results, what it missed on stderr and in the exit code. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../tools/platform/paths.ts';
import { say } from '../tools/platform/progress.ts';
import { foreignLimitCores, type Round, takenCores } from './measure.ts';

const folder = 'perf/results';

/** What a file's name tells. */
interface Dated {
  /** ISO 8601. */
  at: string;
  /** Else it is called a trial: sizes were not the real ones, or others worked on the machine. */
  isMeasurement?: boolean;
}

/** The run, which is no measurement if others took too much of the machine in any of the rounds. */
export function judged<R extends { isMeasurement: boolean }>(run: R, rounds: readonly Round[]): R {
  const isBusy = rounds.some((round) => takenCores(round) > foreignLimitCores);
  return { ...run, isMeasurement: run.isMeasurement && !isBusy };
}

/** Writes a run as JSON; answers the file's name from the checkout's folder: date, kind, and whether it is a trial. */
export function writeResult<R extends Dated>(run: R, kind = ''): string {
  mkdirSync(join(root, folder), { recursive: true });
  const stamp = run.at.slice(0, 19).replaceAll(':', '');
  const parts = [stamp, kind, run.isMeasurement === false ? 'trial' : ''].filter((part) => part !== '');
  const file = `${folder}/${parts.join('-')}.json`;
  writeFileSync(join(root, file), `${JSON.stringify(run, null, 1)}\n`);
  say(`written: ${file}`);
  return file;
}

/** With any of these the process is to end with 1. */
export function failFor(what: string, missed: readonly string[]): void {
  if (missed.length === 0) return;
  console.error(`\n${what}:\n${missed.join('\n')}`);
  process.exitCode = 1;
}
