/**
 * What the shop's Node processes hold when nothing waits to be collected. V8 lets garbage pile up for minutes and then gives
 * ten MiB back at once: between two looks that passes for a leak, or hides one.
 */
import { readlinkSync, realpathSync } from 'node:fs';
import { nodeBinary } from '../tools/platform/paths.ts';
import { isAlive, pssOf } from '../tools/runner/process-table.ts';
import { readRunRecords } from '../tools/runner/run-files.ts';
import { openInspector } from './inspector.ts';

export interface Holding {
  atMs: number;
  /** PSS right after a full collection. */
  bytes: number;
}

export type Holdings = Readonly<Record<string, Holding>>;

/** Has each of them collect its garbage, one after the other, through its inspector; by name of the process. */
export async function readHoldings(): Promise<Holdings> {
  const node = realpathSync(nodeBinary);
  const processes = readRunRecords().filter((record) => isAlive(record) && programOf(record.pid) === node);
  const held: Record<string, Holding> = {};
  for (const { name, pid } of processes) {
    const inspector = await openInspector(pid);
    try {
      await inspector.ask('HeapProfiler.collectGarbage');
      held[name] = { atMs: performance.now(), bytes: pssOf(pid) ?? 0 };
    } finally {
      await inspector.close();
    }
  }
  return held;
}

function programOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    // It has ended.
    return '';
  }
}
