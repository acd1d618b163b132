/** Processor time by process, from the kernel's counters: the shop's by the runner's marks, the rest is foreign. */
import { readFileSync } from 'node:fs';
import { processMark } from '../tools/platform/programs.ts';
import { isAlive, processesWithEnv, pssOf } from '../tools/runner/process-table.ts';
import { readRunRecords } from '../tools/runner/run-files.ts';

/** Clock ticks a second: 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

export interface CpuReading {
  atMs: number;
  /** Seconds of processor time since its start, by name of the process. */
  shop: Record<string, number>;
  /** This runner's own. */
  runner: number;
  /** Of the children that have ended: the load generators. */
  endedChildren: number;
  /** Of children that still run (bare servers, peers), each with all that it has started. */
  livingChildren: Record<string, number>;
  /** Of all processors, without idling and waiting for disks. */
  machine: number;
  /** Taken away by the host. */
  stolen: number;
}

export interface CpuUse {
  seconds: number;
  /** CPU seconds by process of the shop. */
  shop: Record<string, number>;
  /** CPU seconds of the load generator. */
  generator: number;
  /** CPU seconds of bare servers, by name. */
  bare: Record<string, number>;
  /** Cores that neither the shop, the generator, the bare servers nor this runner used. */
  foreignCores: number;
  stolenCores: number;
}

/** Names and pids of our own children that must not count as foreign. */
export type Children = Readonly<Record<string, number>>;

/** Reads every counter now. */
export function readCpu(children: Children = {}): CpuReading {
  const own = statFields('self');
  const [user = 0, nice = 0, system = 0, , , irq = 0, soft = 0, steal = 0] = machineTicks();
  return {
    atMs: performance.now(),
    shop: shopSeconds(),
    runner: seconds(own, 11) + seconds(own, 12),
    endedChildren: seconds(own, 13) + seconds(own, 14),
    livingChildren: Object.fromEntries(
      Object.entries(children).map(([name, pid]) => [name, secondsOfTree(String(pid))]),
    ),
    machine: (user + nice + system + irq + soft) / ticksPerSecond,
    stolen: steal / ticksPerSecond,
  };
}

/** What was used between two readings. */
export function cpuBetween(before: CpuReading, after: CpuReading): CpuUse {
  const duration = (after.atMs - before.atMs) / 1_000;
  const shop = difference(before.shop, after.shop);
  const bare = difference(before.livingChildren, after.livingChildren);
  const generator = after.endedChildren - before.endedChildren;
  const known = sum(shop) + sum(bare) + generator + (after.runner - before.runner);
  return {
    seconds: duration,
    shop,
    generator,
    bare,
    foreignCores: Math.max(0, after.machine - before.machine - known) / duration,
    stolenCores: (after.stolen - before.stolen) / duration,
  };
}

/** Proportional set size in bytes by process of the shop. */
export function readMemory(): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { name, pid } of shopProcesses()) found[name] = (found[name] ?? 0) + (pssOf(pid) ?? 0);
  return found;
}

export const sum = (parts: Record<string, number>) =>
  Object.values(parts).reduce((total, part) => total + part, 0);

/** A process that was started anew in between counts from zero. */
function difference(before: Record<string, number>, after: Record<string, number>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(after).map(([name, used]) => {
      const earlier = before[name] ?? 0;
      return [name, used >= earlier ? used - earlier : used];
    }),
  );
}

function shopSeconds(): Record<string, number> {
  const used: Record<string, number> = {};
  for (const { name, pid } of shopProcesses()) used[name] = (used[name] ?? 0) + secondsOf(pid);
  return used;
}

/**
 * Every process that the supervisor has started, and whatever else has our mark, by the name of the program that leads its
 * group; the rest is the supervisor's. The mark alone is not enough: Redis writes its title over its environment.
 */
function shopProcesses(): { name: string; pid: number }[] {
  const started = readRunRecords().filter(isAlive);
  const leaders = new Map(started.map(({ pid, name }) => [pid, name]));
  const [[mark, value]] = Object.entries(processMark) as [[string, string]];
  const others = processesWithEnv(`${mark}=${value}`).filter(({ pid }) => !leaders.has(pid));
  return [
    ...started.map(({ pid, name }) => ({ pid, name })),
    ...others.map(({ pid, group }) => ({ pid, name: leaders.get(group) ?? 'supervisor' })),
  ];
}

function secondsOf(pid: number): number {
  const fields = statFields(String(pid));
  return seconds(fields, 11) + seconds(fields, 12);
}

/** A server with its processes, ended ones too: PostgreSQL has one a connection. */
function secondsOfTree(pid: string): number {
  const fields = statFields(pid);
  const own = [11, 12, 13, 14].reduce((total, place) => total + seconds(fields, place), 0);
  return childrenOf(pid).reduce((total, child) => total + secondsOfTree(child), own);
}

function childrenOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
  } catch {
    // It has ended.
    return [];
  }
}

const seconds = (fields: string[], place: number) => Number(fields[place] ?? 0) / ticksPerSecond;

/** The fields of /proc/PID/stat after the command name: 11 user, 12 system, 13 and 14 the same of ended children. */
function statFields(pid: string): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}

function machineTicks(): number[] {
  return readFileSync('/proc/stat', 'utf8').split('\n')[0]!.trim().split(/\s+/).slice(1).map(Number);
}
