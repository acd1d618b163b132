/** Keeps processes running: starts, adopts, stops and restarts them with back-off, and writes down what it did. */
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { endsInARow, restartDelayMs } from './back-off.ts';
import { endGroup, isAlive, signalGroup, startTicksOf } from './process-table.ts';
import type { Program } from './program.ts';
import type { RunRecord } from './run-files.ts';
import { standBack } from './stand-back.ts';
import { stopProcess } from './stop-process.ts';

const watchEveryMs = 100;

export interface StartOptions {
  /** Added to the program's environment. */
  env?: Record<string, string>;
  /** Whether `env` also holds after the process has died and was restarted; otherwise it holds once. */
  keep?: boolean;
}

export interface Unit {
  name: string;
  wanted: boolean;
  running: boolean;
  pid: number;
  startedAt: string;
  restarts: number;
  /** How often it ended without having run for 30 s in between. */
  endsInARow: number;
}

export interface Supervisor {
  /** Starts it unless it runs with the same fingerprint already. */
  start(name: string, options?: StartOptions): Promise<Unit>;
  stop(name: string): Promise<Unit>;
  kill(name: string): Promise<Unit>;
  restart(name: string, options?: StartOptions): Promise<Unit>;
  units(): Unit[];
  /** Takes over what an earlier supervisor left: living processes go on, dead ones that were wanted start. */
  adopt(records: readonly RunRecord[]): void;
  /** Stops watching; the processes live on. */
  close(): void;
}

interface Entry {
  program: Program;
  record: RunRecord;
  endsInARow: number;
  keptEnv: Record<string, string>;
  restartTimer: NodeJS.Timeout | null;
  /** Starts and stops of one process happen one after the other. */
  turn: Promise<unknown>;
}

interface Options {
  programs: readonly Program[];
  logFolder: string;
  /** Marks each child's environment, so that lost ones can be found. */
  mark: Readonly<Record<string, string>>;
  /** Keeps what a successor must know. */
  save: (record: RunRecord) => void;
  /** Hears one line about everything that happens unasked. */
  say: (line: string) => void;
  /** How long a process may take to end when asked. */
  politeMs?: number;
  /** Whether what a process leaves of its group ends with it, as in a container. */
  endsGroups?: boolean;
  /** Whether processes stand back as they say; all are equal without it. */
  standBack?: boolean;
}

/** A supervisor of the given programs; nothing runs until it is started or adopted. */
export function createSupervisor(options: Options): Supervisor {
  const entries = new Map(options.programs.map((program) => [program.name, newEntry(program)]));
  const watch = setInterval(() => {
    for (const entry of entries.values()) {
      if (entry.record.pid !== 0 && !isAlive(entry.record)) noticeEnd(entry, 'seen gone', options);
    }
  }, watchEveryMs);

  function inTurn(name: string, act: (entry: Entry) => Promise<void>): Promise<Unit> {
    const entry = entries.get(name);
    if (!entry) return Promise.reject(new Error(`no process is called ${name}`));
    const done = entry.turn.then(() => act(entry)).then(() => unitOf(entry));
    entry.turn = done.catch(() => undefined);
    return done;
  }

  return {
    start: (name, start = {}) =>
      inTurn(name, async (entry) => {
        const { pid, fingerprint } = entry.record;
        const runs = pid !== 0 && isAlive(entry.record);
        if (runs && fingerprint === entry.program.fingerprint) return;
        if (runs) options.say(`${name} has changed; starting it anew`);
        await end(entry, options);
        begin(entry, start, options);
      }),
    stop: (name) => inTurn(name, (entry) => end(entry, options)),
    kill: (name) => inTurn(name, (entry) => end(entry, options, 'SIGKILL')),
    restart: (name, start = {}) =>
      inTurn(name, async (entry) => {
        await end(entry, options);
        begin(entry, start, options);
      }),
    units: () => [...entries.values()].map(unitOf),
    adopt(records) {
      for (const record of records) {
        const entry = entries.get(record.name);
        if (entry) takeOver(entry, record, options);
      }
    },
    close: () => clearInterval(watch),
  };
}

function launch(entry: Entry, env: Record<string, string>, options: Options): void {
  const { program, record } = entry;
  const log = openSync(join(options.logFolder, `${program.name}.log`), 'a');
  const child = spawn(program.command[0]!, program.command.slice(1), {
    cwd: program.cwd,
    env: { ...program.env, ...options.mark, ...entry.keptEnv, ...env },
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.unref();
  record.pid = child.pid ?? 0;
  if (options.standBack && child.pid) void standBack(child.pid, program.niceness);
  record.startTicks = startTicksOf(record.pid) ?? 0;
  record.startedAt = new Date().toISOString();
  record.fingerprint = program.fingerprint;
  options.save(record);
  // Without a pid it never started, and no exit will follow.
  child.on('error', (error) => record.pid === 0 && noticeEnd(entry, error.message, options));
  child.on('exit', (code, signal) => {
    if (record.pid === child.pid) noticeEnd(entry, signal ?? `code ${code}`, options);
  });
}

function noticeEnd(entry: Entry, how: string, options: Options): void {
  const { record } = entry;
  if (options.endsGroups) endGroup(record.pid);
  record.pid = 0;
  if (!record.wanted || entry.restartTimer) {
    options.save(record);
    return;
  }
  const ranMs = Date.now() - Date.parse(record.startedAt);
  entry.endsInARow = endsInARow(entry.endsInARow, ranMs);
  const delayMs = restartDelayMs(entry.endsInARow);
  record.restarts += 1;
  options.save(record);
  options.say(`${record.name} ended (${how}) after ${ranMs} ms; starting it again in ${delayMs} ms`);
  entry.restartTimer = setTimeout(() => {
    entry.restartTimer = null;
    if (record.wanted && record.pid === 0) launch(entry, {}, options);
  }, delayMs);
}

function begin(entry: Entry, { env = {}, keep = false }: StartOptions, options: Options): void {
  entry.record.wanted = true;
  entry.endsInARow = 0;
  entry.keptEnv = keep ? env : {};
  launch(entry, env, options);
}

async function end(entry: Entry, options: Options, first?: NodeJS.Signals): Promise<void> {
  const { record } = entry;
  if (first) signalGroup(record, first);
  record.wanted = false;
  if (entry.restartTimer) clearTimeout(entry.restartTimer);
  entry.restartTimer = null;
  const { pid, startTicks } = record;
  if (pid !== 0 && (await stopProcess({ pid, startTicks }, { politeMs: options.politeMs })) === 'killed') {
    options.say(`${record.name} did not end when asked and was killed`);
  }
  record.pid = 0;
  options.save(record);
}

/** Living processes go on as they are; dead ones that were wanted start again. */
function takeOver(entry: Entry, record: RunRecord, options: Options): void {
  entry.record = { ...record, ports: entry.program.ports };
  if (record.pid !== 0 && isAlive(record)) return;
  if (record.wanted) noticeEnd(entry, 'seen gone', options);
  else entry.record.pid = 0;
}

function newEntry(program: Program): Entry {
  const { name, ports, fingerprint } = program;
  const idle = { wanted: false, pid: 0, startTicks: 0, startedAt: '', restarts: 0 };
  const record = { name, ports, fingerprint, ...idle };
  return { program, record, endsInARow: 0, keptEnv: {}, restartTimer: null, turn: Promise.resolve() };
}

function unitOf({ record, endsInARow }: Entry): Unit {
  const { name, wanted, pid, startedAt, restarts } = record;
  return { name, wanted, running: pid !== 0, pid, startedAt, restarts, endsInARow };
}
