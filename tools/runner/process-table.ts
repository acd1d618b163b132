/** Reads the kernel's process table: a process is known by its pid and its start time, never by pid alone. */
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessIdentity {
  pid: number;
  /** Clock ticks since boot at which it started; a reused pid has another. */
  startTicks: number;
}

// Places after the command name; see proc_pid_stat(5).
const parentField = 1;
const groupField = 2;
const startTicksField = 19;

/** Start ticks of a living process; null when it is gone or a zombie. */
export function startTicksOf(pid: number): number | null {
  const fields = statFields(pid);
  return !fields || fields[0] === 'Z' || fields[0] === 'X' ? null : Number(fields[startTicksField]);
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
export function processesWithEnv(entry: string): (ProcessIdentity & { group: number })[] {
  const found: (ProcessIdentity & { group: number })[] = [];
  for (const pid of readdirSync('/proc').map(Number).filter(Number.isInteger)) {
    if (!(readProcFile(pid, 'environ') ?? '').split('\0').includes(entry)) continue;
    const startTicks = startTicksOf(pid);
    const fields = statFields(pid);
    if (startTicks !== null && fields) found.push({ pid, startTicks, group: Number(fields[groupField]) });
  }
  return found;
}

/** This process and all above it, nearest first. */
export function ancestors(): number[] {
  const found: number[] = [];
  for (let pid = process.pid; pid > 0; pid = Number(statFields(pid)?.[parentField] ?? 0)) found.push(pid);
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

/** Ends what a leader that has just ended has left of its group; its number cannot be anybody else's yet. */
export function endGroup(leader: number): void {
  try {
    if (leader !== 0) process.kill(-leader, 'SIGKILL');
  } catch {
    // Nothing was left.
  }
}

/** The fields of /proc/PID/stat after the command name, which may itself hold spaces and brackets. */
function statFields(pid: number): string[] | null {
  const stat = readProcFile(pid, 'stat');
  return stat === null ? null : stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function readProcFile(pid: number, file: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return null;
  }
}
