/** Starts, replaces and ends the detached supervisor; its processes live through all of that. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { supervisorStatus } from '../runner/control.ts';
import { isAlive, type ProcessIdentity } from '../runner/process-table.ts';
import { inBatches } from '../runner/program.ts';
import { readRunRecords } from '../runner/run-files.ts';
import { stopProcess } from '../runner/stop-process.ts';
import { nodeBinary, root, state } from './paths.ts';
import { untilHealthy } from './probe.ts';
import { processMark } from './programs.ts';
import { writeWhole } from './state-files.ts';

const answerLimitMs = 15_000;

/** A fresh supervisor with today's code and programs; it takes over all that runs. */
export async function replaceSupervisor(): Promise<void> {
  await endSupervisor();
  mkdirSync(state.logs, { recursive: true });
  writeWhole(state.wanted, '');
  const log = openSync(join(state.logs, 'supervisor.log'), 'a');
  const [program, ...words] = [...inBatches, nodeBinary, join(root, 'tools/runner/supervisor.ts')];
  const child = spawn(program!, words, {
    cwd: root,
    env: { ...process.env, ...processMark },
    detached: true,
    stdio: ['ignore', log, log],
  });
  child.unref();
  closeSync(log);
  await untilHealthy(async () => {
    await supervisorStatus();
  }, answerLimitMs);
}

/** Ends the supervisor and its guard; nothing else. */
export async function endSupervisor(): Promise<void> {
  rmSync(state.wanted, { force: true });
  const guard = readRunRecords().find(({ name }) => name === 'guard');
  // Each revives the other: the guard no longer does now, so the supervisor goes first.
  for (const target of [supervisorIdentity(), guard]) {
    if (target && target.pid !== 0 && isAlive(target)) await stopProcess(target);
  }
}

/** The supervisor of the pid file, dead or alive; null when there never was one. */
export function supervisorIdentity(): ProcessIdentity | null {
  if (!existsSync(state.supervisorPid)) return null;
  const [pid, startTicks] = readFileSync(state.supervisorPid, 'utf8').trim().split(' ').map(Number);
  return pid && startTicks ? { pid, startTicks } : null;
}
