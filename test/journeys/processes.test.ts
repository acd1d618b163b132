/** How the machine runs the shop's processes. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readRunRecords } from '../../tools/runner/run-files.ts';

/** SCHED_BATCH, the 41st field of proc_pid_stat(5); fields are counted behind the name, which may hold blanks. */
const batch = '3';
const policyOf = (pid: number) => {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[41 - 3];
};

it('each waits for the turn of the one that runs', () => {
  const processes = readRunRecords().filter(({ pid }) => pid !== 0);
  expect(processes.length).toBeGreaterThan(20);
  expect(processes.filter(({ pid }) => policyOf(pid) !== batch).map(({ name }) => name)).toEqual([]);
});
