/** Programs that a measurement starts: each with a deadline, none outlives its runner. */
import { type ChildProcess, spawn } from 'node:child_process';

const living = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Starting {
  env?: Record<string, string>;
  cwd?: string;
  limitMs: number;
}

/** Runs a program to its end; resolves whatever its exit code is, rejects when it cannot start or overstays. */
export function runToEnd(command: readonly string[], { env, cwd, limitMs }: Starting): Promise<Ended> {
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
    child.stdout.on('data', (chunk) => (said.stdout += chunk));
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

/** Starts a server that prints a line with `listening` once it can be asked. */
export function startServer(command: readonly string[], { env, cwd, limitMs }: Starting): Promise<Running> {
  return new Promise((resolve, reject) => {
    const child = spawn(command[0]!, command.slice(1), {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...env },
      ...(cwd && { cwd }),
    });
    living.add(child);
    const ended = new Promise<void>((done) => child.on('close', () => done()));
    const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
    const stop = async () => {
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await ended;
      clearTimeout(force);
      living.delete(child);
    };
    child.stdout.on('data', (chunk) => {
      if (!String(chunk).includes('listening')) return;
      clearTimeout(timer);
      resolve({ pid: child.pid!, stop });
    });
    child.on('error', reject);
    child.on('close', () => reject(new Error(`${command.join(' ')} ended before it listened`)));
  });
}
