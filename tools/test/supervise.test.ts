import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startTicksOf } from '../runner/process-table.ts';
import type { Program } from '../runner/program.ts';
import type { RunRecord } from '../runner/run-files.ts';
import { createSupervisor, type Supervisor } from '../runner/supervise.ts';

const records = new Map<string, RunRecord>();
const said: string[] = [];
const open: Supervisor[] = [];
let logFolder = '';

beforeEach(() => {
  logFolder = mkdtempSync(join(tmpdir(), 'souk-supervise-'));
  records.clear();
  said.length = 0;
});

afterEach(async () => {
  for (const supervisor of open.splice(0)) {
    for (const { name } of supervisor.units()) await supervisor.stop(name);
    supervisor.close();
  }
  rmSync(logFolder, { recursive: true });
});

function sleeper(change: Partial<Program> = {}): Program {
  const command = ['/bin/sh', '-c', `echo "\${POINT:-none}"; exec sleep 60`];
  const base = { name: 'sleeper', kind: 'app', cwd: '/', env: { PATH: '/usr/bin:/bin' }, ports: {} } as const;
  return { ...base, command, fingerprint: 'one', health: async () => undefined, ...change };
}

function supervise(program: Program, endsGroups = false): Supervisor {
  const supervisor = createSupervisor({
    endsGroups,
    programs: [program],
    logFolder,
    mark: {},
    save: (record) => records.set(record.name, { ...record }),
    say: (line) => said.push(line),
  });
  open.push(supervisor);
  return supervisor;
}

const unit = (supervisor: Supervisor) => supervisor.units()[0]!;
const log = () => readFileSync(join(logFolder, 'sleeper.log'), 'utf8').trim().split('\n');

test('a killed process comes back with another pid, and the supervisor says so', async () => {
  const supervisor = supervise(sleeper());
  const { pid } = await supervisor.start('sleeper');
  process.kill(pid, 'SIGKILL');
  await expect.poll(() => unit(supervisor)).toMatchObject({ running: true, restarts: 1 });
  expect(unit(supervisor).pid).not.toBe(pid);
  expect(said[0]).toContain('sleeper ended (SIGKILL)');
});

test('variables of one start are gone after a crash, unless they are to be kept', async () => {
  const supervisor = supervise(sleeper());
  const once = await supervisor.start('sleeper', { env: { POINT: 'once' } });
  await expect.poll(log).toEqual(['once']);
  process.kill(once.pid, 'SIGKILL');
  await expect.poll(log).toEqual(['once', 'none']);
  const kept = await supervisor.restart('sleeper', { env: { POINT: 'kept' }, keep: true });
  await expect.poll(log).toEqual(['once', 'none', 'kept']);
  process.kill(kept.pid, 'SIGKILL');
  await expect.poll(log).toEqual(['once', 'none', 'kept', 'kept']);
});

test('a stopped process stays stopped', async () => {
  const supervisor = supervise(sleeper());
  await supervisor.start('sleeper');
  expect(await supervisor.stop('sleeper')).toMatchObject({ running: false, wanted: false });
  expect(records.get('sleeper')).toMatchObject({ pid: 0, wanted: false });
});

test('a process killed on purpose has no time to end well, and stays down', async () => {
  const program = sleeper({
    command: ['/bin/sh', '-c', 'trap "echo asked" TERM; echo up; while :; do sleep 0.1; done'],
  });
  const supervisor = supervise(program);
  await supervisor.start('sleeper');
  await expect.poll(log).toEqual(['up']);
  expect(await supervisor.kill('sleeper')).toMatchObject({ running: false, wanted: false, restarts: 0 });
  expect(log()).toEqual(['up']);
});

test('a successor takes a living process over, restarts it when it dies, and starts it anew when it has changed', async () => {
  const first = supervise(sleeper());
  const { pid } = await first.start('sleeper');
  first.close();
  open.length = 0;
  const record = records.get('sleeper')!;

  const second = supervise(sleeper());
  second.adopt([record]);
  expect(await second.start('sleeper')).toMatchObject({ pid, restarts: 0 });
  second.close();
  open.length = 0;

  const third = supervise(sleeper({ fingerprint: 'two' }));
  third.adopt([record]);
  expect(unit(third)).toMatchObject({ pid, running: true });
  const anew = await third.start('sleeper');
  expect(anew.pid).not.toBe(pid);
  third.close();
  open.length = 0;

  const fourth = supervise(sleeper({ fingerprint: 'two' }));
  fourth.adopt([records.get('sleeper')!]);
  process.kill(anew.pid, 'SIGKILL');
  await expect.poll(() => unit(fourth).restarts).toBe(1);
  await expect.poll(() => unit(fourth).running).toBe(true);
});

test('a binary that does not exist is tried again, not forgotten', async () => {
  const supervisor = supervise(sleeper({ command: ['/nonexistent'] }));
  await supervisor.start('sleeper');
  await expect.poll(() => unit(supervisor).restarts).toBeGreaterThan(1);
  expect(said[0]).toContain('ENOENT');
});

test('what a killed process leaves of its group ends with it, where that is wanted', async () => {
  const command = ['/bin/sh', '-c', 'sleep 61 & echo $!; exec sleep 60'];
  writeFileSync(join(logFolder, 'sleeper.log'), 'begin\n');
  for (const endsGroups of [true, false]) {
    const supervisor = supervise(sleeper({ command }), endsGroups);
    const before = log().length;
    const { pid } = await supervisor.start('sleeper');
    await expect.poll(() => log().length).toBe(before + 1);
    const child = Number(log().at(-1));
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => log().length).toBe(before + 2);
    await expect.poll(() => startTicksOf(child) === null).toBe(endsGroups);
    if (!endsGroups) process.kill(child, 'SIGKILL');
    await supervisor.stop('sleeper');
  }
});
