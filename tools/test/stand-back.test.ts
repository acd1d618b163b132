/** A process that stands back has a third of the share, with all that it starts. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { afterEach, expect, test } from 'vitest';
import { standBack } from '../runner/stand-back.ts';

const running: ReturnType<typeof spawn>[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

test('its session and its niceness say so', async () => {
  const child = spawn('sleep', ['30'], { detached: true });
  running.push(child);
  await standBack(child.pid!);
  expect(getPriority(child.pid)).toBe(5);
  const session = `/proc/${child.pid}/autogroup`;
  // Linux without autogroup has no such file: there niceness does it alone.
  if (existsSync(session)) expect(readFileSync(session, 'utf8')).toMatch(/ nice 5$/m);
});

test('one that is gone needs nothing', async () => {
  const child = spawn('true');
  await new Promise((resolve) => child.once('exit', resolve));
  await expect(standBack(child.pid!)).resolves.toBeUndefined();
});
