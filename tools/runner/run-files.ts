/** Keeps what the supervisor knows about each process on disk, so that its successor takes over living children. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { state } from '../platform/paths.ts';
import { readJson, writeWhole } from '../platform/state-files.ts';

export interface RunRecord {
  name: string;
  /** Whether it is meant to run. */
  wanted: boolean;
  /** 0 when it does not run. */
  pid: number;
  startTicks: number;
  /** RFC 3339. */
  startedAt: string;
  restarts: number;
  ports: Readonly<Record<string, number>>;
  fingerprint: string;
}

const pathOf = (name: string) => join(state.run, `${name}.json`);

export function saveRunRecord(record: RunRecord): void {
  writeWhole(pathOf(record.name), JSON.stringify(record));
}

/** All records of this checkout, also of processes that have ended. */
export function readRunRecords(): RunRecord[] {
  mkdirSync(state.run, { recursive: true });
  const records: RunRecord[] = [];
  for (const file of readdirSync(state.run)) {
    const record = file.endsWith('.json') ? readJson<RunRecord>(join(state.run, file)) : null;
    if (record) records.push(record);
  }
  return records;
}

export function removeRunRecord(name: string): void {
  rmSync(pathOf(name), { force: true });
}
