/**
 * Runs a command in namespaces of its own: network, processes, mounts. The ports of an open shop are not in its way, its
 * `.souk` is a folder of its own, and when it ends, or we are killed, the kernel ends every process in there.
 */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, type StoresName, state } from '../platform/paths.ts';

/** What `.souk` is in there; seen from outside for its logs. */
export const enclosedState = join(state.folder, 'ha');

const logs = join(enclosedState, 'logs');

export interface Enclosed {
  stores: StoresName;
  /** A shell's words, run in the checkout. */
  script: string;
  limitMs: number;
}

/** Resolves with the script's exit code; its output is ours. */
export function runEnclosed({ stores, script, limitMs }: Enclosed): Promise<number> {
  emptyEnclosure();
  cpSync(join(state.folder, 'bin'), join(enclosedState, 'bin'), { recursive: true, verbatimSymlinks: true });
  const inside = [
    'ip link set lo up',
    `mount --bind '${enclosedState}' '${state.folder}'`,
    // Not by exec: the first process of a namespace must wait for those that lose their parents.
    script,
  ].join(' && ');
  const child = spawn(
    'setpriv',
    [
      ...['--pdeathsig', 'KILL', 'unshare', '--net', '--pid', '--mount', '--fork', '--kill-child'],
      ...['--mount-proc', '/bin/sh', '-c', `${inside}; exit $?`],
    ],
    {
      cwd: root,
      env: { ...process.env, SOUK_STORES: stores },
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: limitMs,
      killSignal: 'SIGKILL',
    },
  );
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new Error(`cannot make namespaces: ${error.message}`)));
    child.once('exit', (code, signal) => {
      process.off('exit', end);
      if (signal) console.error(`ended by ${signal}; more than ${limitMs / 1_000} s are not allowed`);
      resolve(code ?? 1);
    });
  });
}

/** Deletes what an earlier shop in there has left. */
export function emptyEnclosure(): void {
  rmSync(enclosedState, { recursive: true, force: true });
  mkdirSync(logs, { recursive: true });
}

/** Deletes its data and secrets; its logs stay, to be read. */
export function emptyAllButLogs(): void {
  const left = existsSync(enclosedState) ? readdirSync(enclosedState) : [];
  for (const name of left.filter((entry) => entry !== 'logs'))
    rmSync(join(enclosedState, name), { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}
