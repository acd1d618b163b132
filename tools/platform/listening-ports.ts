/** Finds who already listens on a port that we are about to open, before anything starts. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { commandOf } from '../runner/process-table.ts';

export interface PortNeed {
  port: number;
  /** Who needs it and for what, e.g. `mariadb (SQL)`. */
  purpose: string;
}

export interface TakenPort extends PortNeed {
  /** Null when the holder belongs to somebody whose processes we may not look into. */
  holder: { pid: number; command: string } | null;
}

const listenState = '0A';

/** Listening port → socket inodes, from the text of /proc/net/tcp or tcp6. */
export function parseListening(table: string): Map<number, string[]> {
  const found = new Map<number, string[]>();
  for (const line of table.split('\n').slice(1)) {
    const [, local, , connection, , , , , , inode] = line.trim().split(/\s+/);
    if (!local || !inode || connection !== listenState) continue;
    const port = Number.parseInt(local.slice(local.lastIndexOf(':') + 1), 16);
    found.set(port, [...(found.get(port) ?? []), inode]);
  }
  return found;
}

/** Those of the needed ports that somebody holds. */
export function takenPorts(needs: readonly PortNeed[]): TakenPort[] {
  const inodes = new Map<number, string[]>();
  for (const file of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const [port, found] of listeningIn(file)) inodes.set(port, [...(inodes.get(port) ?? []), ...found]);
  }
  const taken = needs.filter(({ port }) => inodes.has(port));
  if (taken.length === 0) return [];
  const holders = socketHolders();
  return taken.map((need) => {
    const pid = inodes
      .get(need.port)!
      .map((inode) => holders.get(inode))
      .find((found) => found !== undefined);
    return { ...need, holder: pid === undefined ? null : { pid, command: commandOf(pid) } };
  });
}

/** One line a taken port, for people. */
export function takenPortMessage({ port, purpose, holder }: TakenPort): string {
  const who = holder ? `process ${holder.pid} (${holder.command})` : "another user's process";
  return `Port ${port} is needed by ${purpose}, but ${who} listens there.`;
}

function listeningIn(file: string): Map<number, string[]> {
  try {
    return parseListening(readFileSync(file, 'utf8'));
  } catch {
    return new Map();
  }
}

function socketHolders(): Map<string, number> {
  const holders = new Map<string, number>();
  for (const pid of readdirSync('/proc').map(Number).filter(Number.isInteger)) {
    try {
      for (const descriptor of readdirSync(`/proc/${pid}/fd`)) {
        const inode = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${descriptor}`))?.[1];
        if (inode) holders.set(inode, pid);
      }
    } catch {
      // It ended, or is not ours to look into.
    }
  }
  return holders;
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    // Closed since the folder was read.
    return '';
  }
}
