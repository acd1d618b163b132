/** How far processes stand back, and from whom. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { afterEach, expect, test } from 'vitest';
import { listPrograms } from '../platform/programs.ts';
import { browsingNiceness, standBack, usualNiceness } from '../runner/stand-back.ts';

const running: ReturnType<typeof spawn>[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

test.each([0, usualNiceness, browsingNiceness])(
  'its session and its niceness say so: %s',
  async (niceness) => {
    const child = spawn('sleep', ['30'], { detached: true });
    running.push(child);
    await standBack(child.pid!, niceness);
    expect(getPriority(child.pid)).toBe(niceness);
    const session = `/proc/${child.pid}/autogroup`;
    // Linux without autogroup has no such file: there niceness does it alone.
    if (existsSync(session))
      expect(readFileSync(session, 'utf8')).toMatch(new RegExp(` nice ${niceness}$`, 'm'));
  },
);

test('one that is gone needs nothing', async () => {
  const child = spawn('true');
  await new Promise((resolve) => child.once('exit', resolve));
  await expect(standBack(child.pid!)).resolves.toBeUndefined();
});

test('the ingress goes first, then what orders need, then what looking around is made of', () => {
  const niceness = (name: string) => {
    const program = listPrograms().find((one) => one.name === name)!;
    return program.niceness ?? usualNiceness;
  };
  expect(niceness('ingress')).toBe(0);
  for (const name of ['orders', 'orders-dapr', 'cart', 'pricing', 'inventory', 'payments', 'mariadb'])
    expect(niceness(name)).toBe(usualNiceness);
  for (const name of ['catalog', 'catalog-dapr', 'recommendations'])
    expect(niceness(name)).toBe(browsingNiceness);
});
