/** Reads the kernel's process table: a process is known by its pid and its start time, never by pid alone. */
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessIdentity {
  pid: number;
  /** Clock ticks since boot at which it started; a reused pid has another. */
  startTicks: number;
}

const startTicksField = 19;

/** Start ticks of a living process; null when it is gone or a zombie. */
export function startTicksOf(pid: number): number | null {
  const stat = readProcFile(pid, 'stat');
  if (stat === null) return null;
  // The command name may hold spaces and brackets; everything after its last bracket is regular.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? null : Number(fields[startTicksField]);
}

/** Whether exactly this process still lives. */
export function isAlive({ pid, startTicks }: ProcessIdentity): boolean {
  return startTicksOf(pid) === startTicks;
}

/** The process's command line for people, at most 120 characters. */
export function commandOf(pid: number): string {
  return (readProcFile(pid, 'cmdline') ?? '').split('\0').join(' ').trim().slice(0, 120);
}

/** Proportional set size in bytes: shared pages are counted by share. Null when it may not be read. */
export function pssOf(pid: number): number | null {
  return parsePss(readProcFile(pid, 'smaps_rollup') ?? '');
}

/** The `Pss:` line of smaps_rollup in bytes, or null. */
export function parsePss(smapsRollup: string): number | null {
  const kibibytes = /^Pss:\s+(\d+) kB$/m.exec(smapsRollup)?.[1];
  return kibibytes === undefined ? null : Number(kibibytes) * 1024;
}

/** Every process whose environment holds `NAME=value`: ours, even when their state files are lost. */
export function processesWithEnv(entry: string): ProcessIdentity[] {
  const found: ProcessIdentity[] = [];
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    if (!(readProcFile(pid, 'environ') ?? '').split('\0').includes(entry)) continue;
    const startTicks = startTicksOf(pid);
    if (startTicks !== null) found.push({ pid, startTicks });
  }
  return found;
}

/** Sends the signal to the process's group, or to it alone when it leads none; silent when it is gone. */
export function signalGroup(target: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isAlive(target)) return;
  try {
    process.kill(-target.pid, signal);
  } catch {
    try {
      process.kill(target.pid, signal);
    } catch {
      // It ended between the look and the signal.
    }
  }
}

function readProcFile(pid: number, file: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return null;
  }
}
