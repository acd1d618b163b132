/** Programs that a measurement starts: each with a deadline, none outlives its runner. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { untilHealthy } from '../tools/platform/probe.ts';
import { inBatches, type Program } from '../tools/runner/program.ts';
import { standBack } from '../tools/runner/stand-back.ts';
import './undo.ts';

const politeMs = 5_000;
/** Each with the signal that ends it at once. */
const living = new Map<ChildProcess, NodeJS.Signals>();
process.on('exit', () => {
  for (const [child, signal] of living) child.kill(signal);
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
  /** Is told the last line of it. */
  tell?: (line: string) => void;
}

/** Runs a program to its end; resolves whatever its exit code is, rejects when it cannot start or overstays. */
export function runToEnd(
  command: readonly string[],
  { env, cwd, limitMs, hear, tell }: Starting,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command[0]!, command.slice(1), {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
      ...(cwd && { cwd }),
    });
    living.set(child, 'SIGKILL');
    let overstayed = false;
    const timer = setTimeout(() => {
      overstayed = true;
      child.kill('SIGKILL');
    }, limitMs);
    const said = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => {
      said.stdout += chunk;
      hear?.(String(chunk));
      tell?.(lastLines(String(chunk), 1));
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

/** As {@link runToEnd}, and rejects with its last words unless it exits with 0; answers what it printed. */
export async function mustRun(command: readonly string[], options: Starting): Promise<string> {
  const { code, stdout, stderr } = await runToEnd(command, options);
  if (code !== 0)
    throw new Error(`${command.join(' ')} ended with ${code}:\n${lastLines(stdout + stderr, 20)}`);
  return stdout;
}

const lastLines = (text: string, count: number) => text.trimEnd().split('\n').slice(-count).join('\n');

export interface Running {
  pid: number;
  /** Lets it stand still, until it is told to go on. */
  pause(): void;
  goOn(): void;
  stop(): Promise<void>;
}

/**
 * Starts one of the shop's programs beside the shop, its output in `logFile`; resolves when it is healthy. The kernel ends
 * it when this process dies, however it dies. Rejects, naming its log, when it ends or is not healthy within `limitMs`.
 */
export async function startProgram(program: Program, logFile: string, limitMs: number): Promise<Running> {
  const { command, cwd, env, name } = program;
  const log = openSync(logFile, 'w');
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...inBatches, ...command], {
    // A session of its own, as each of the shop's processes has one: shares of the processors go by sessions.
    detached: true,
    cwd,
    env,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  living.set(child, 'SIGKILL');
  const control = controlOf(child);
  const lives = async () => {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`${name} ended; see ${logFile}`);
  };
  try {
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    await standBack(child.pid!, program.niceness);
    await untilHealthy(program.health, limitMs, lives);
  } catch (error) {
    await control.stop();
    throw new Error(`${name} does not start: ${(error as Error).message}; see ${logFile}`);
  }
  return { pid: child.pid!, ...control };
}

/** Stops ask it to end, and kill it after five seconds; they resolve when it has ended. */
function controlOf(child: ChildProcess): Omit<Running, 'pid'> {
  const ended = new Promise<void>((done) => child.once('close', () => done()).once('error', () => done()));
  const pause = () => void child.kill('SIGSTOP');
  const goOn = () => void child.kill('SIGCONT');
  const stop = async () => {
    child.kill('SIGTERM');
    goOn();
    const force = setTimeout(() => child.kill('SIGKILL'), politeMs);
    await ended;
    clearTimeout(force);
    living.delete(child);
  };
  return { pause, goOn, stop };
}

export interface Serving extends Starting {
  /** What it prints once it can be asked; `listening` if nothing is said. */
  ready?: string;
  /** Its errors go to the terminal, unless it prints everything there. */
  quiet?: boolean;
  /** What ends it at once, with the processes that it has started. */
  killBy?: NodeJS.Signals;
}

/** Starts a server, in batches and standing back as the shop's own do; rejects with what it said when it ends before it can be asked. */
export function startServer(
  command: readonly string[],
  { env, cwd, limitMs, ready = 'listening', quiet = false, killBy = 'SIGKILL' }: Serving,
): Promise<Running> {
  return new Promise((resolve, reject) => {
    const [program, ...words] = [...inBatches, ...command];
    const child = spawn(program!, words, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
      ...(cwd && { cwd }),
    });
    living.set(child, killBy);
    const control = controlOf(child);
    child.once('spawn', () => void standBack(child.pid!));
    const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
    let said = '';
    const hear = (chunk: Buffer) => {
      if (said.includes(ready)) return;
      said += chunk;
      if (!said.includes(ready)) return;
      clearTimeout(timer);
      resolve({ pid: child.pid!, ...control });
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.stderr.on('data', (chunk) => quiet || process.stderr.write(chunk));
    child.on('error', reject);
    child.on('close', () =>
      reject(new Error(`${command.join(' ')} ended before it listened:\n${lastLines(said, 20)}`)),
    );
  });
}
