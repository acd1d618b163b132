/** Programs that a measurement starts: each with a deadline, none outlives its runner. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { untilHealthy } from '../tools/platform/probe.ts';
import type { Program } from '../tools/runner/program.ts';
import './undo.ts';

const politeMs = 5_000;
const living = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Starting {
  env?: Record<string, string>;
  cwd?: string;
  limitMs: number;
  /** Is told what it prints, as it comes. */
  hear?: (text: string) => void;
}

/** Runs a program to its end; resolves whatever its exit code is, rejects when it cannot start or overstays. */
export function runToEnd(command: readonly string[], { env, cwd, limitMs, hear }: Starting): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command[0]!, command.slice(1), {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
      ...(cwd && { cwd }),
    });
    living.add(child);
    let overstayed = false;
    const timer = setTimeout(() => {
      overstayed = true;
      child.kill('SIGKILL');
    }, limitMs);
    const said = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => {
      said.stdout += chunk;
      hear?.(String(chunk));
    });
    child.stderr.on('data', (chunk) => (said.stderr += chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      living.delete(child);
      if (overstayed) reject(new Error(`${command[0]} did not end within ${limitMs} ms`));
      else resolve({ code, ...said });
    });
  });
}

export interface Running {
  pid: number;
  stop(): Promise<void>;
}

/**
 * Starts one of the shop's programs beside the shop, its output in `logFile`; resolves when it is healthy. The kernel ends
 * it when this process dies, however it dies. Rejects, naming its log, when it ends or is not healthy within `limitMs`.
 */
export async function startProgram(program: Program, logFile: string, limitMs: number): Promise<Running> {
  const { command, cwd, env, name } = program;
  const log = openSync(logFile, 'w');
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...command], {
    cwd,
    env,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  living.add(child);
  const stop = stopperOf(child);
  const lives = async () => {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`${name} ended; see ${logFile}`);
  };
  try {
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    await untilHealthy(program.health, limitMs, lives);
  } catch (error) {
    await stop();
    throw new Error(`${name} does not start: ${(error as Error).message}; see ${logFile}`);
  }
  return { pid: child.pid!, stop };
}

/** Asks it to end, kills it after five seconds, and resolves when it has ended. */
function stopperOf(child: ChildProcess): () => Promise<void> {
  const ended = new Promise<void>((done) => child.once('close', () => done()).once('error', () => done()));
  return async () => {
    child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), politeMs);
    await ended;
    clearTimeout(force);
    living.delete(child);
  };
}

/** Starts a server that prints a line with `listening` once it can be asked. */
export function startServer(command: readonly string[], { env, cwd, limitMs }: Starting): Promise<Running> {
  return new Promise((resolve, reject) => {
    const child = spawn(command[0]!, command.slice(1), {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...env },
      ...(cwd && { cwd }),
    });
    living.add(child);
    const stop = stopperOf(child);
    const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
    child.stdout.on('data', (chunk) => {
      if (!String(chunk).includes('listening')) return;
      clearTimeout(timer);
      resolve({ pid: child.pid!, stop });
    });
    child.on('error', reject);
    child.on('close', () => reject(new Error(`${command.join(' ')} ended before it listened`)));
  });
}
