import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import {
  ancestors,
  isAlive,
  parsePss,
  processesWithEnv,
  pssOf,
  startTicksOf,
} from '../runner/process-table.ts';
import { stopProcess } from '../runner/stop-process.ts';

test('memory is the proportional share in bytes', () => {
  expect(parsePss('00400000-7ffd ---p\nRss:  900 kB\nPss:                 123 kB\nPss_Dirty:  7 kB\n')).toBe(
    125_952,
  );
  expect(parsePss('')).toBeNull();
  expect(pssOf(process.pid)).toBeGreaterThan(1_000_000);
});

test('a process is known by pid and start time, and found again by its mark', async () => {
  const mark = `SOUK_TEST_MARK=${process.pid}-${Date.now()}`;
  const child = spawn('sleep', ['30'], {
    env: { SOUK_TEST_MARK: mark.slice(mark.indexOf('=') + 1) },
    detached: true,
  });
  const ended = once(child, 'exit');
  await once(child, 'spawn');
  const pid = child.pid!;
  const startTicks = startTicksOf(pid)!;
  await expect.poll(() => processesWithEnv(mark)).toEqual([{ pid, startTicks, group: pid }]);
  expect(isAlive({ pid, startTicks })).toBe(true);
  expect(isAlive({ pid, startTicks: startTicks + 1 })).toBe(false);
  expect(await stopProcess({ pid, startTicks })).toBe('gone');
  await ended;
  expect(isAlive({ pid, startTicks })).toBe(false);
  expect(ancestors()).toContain(process.ppid);
});

test('a signal never reaches a process that only took over the pid', async () => {
  const child = spawn('sleep', ['30'], { detached: true });
  await once(child, 'spawn');
  const pid = child.pid!;
  expect(await stopProcess({ pid, startTicks: startTicksOf(pid)! + 1 })).toBe('gone');
  expect(startTicksOf(pid)).not.toBeNull();
  child.kill('SIGKILL');
  await once(child, 'exit');
});
