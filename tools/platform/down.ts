/** Ends every process of this checkout and no other, also those that a killed run left behind. */
import { rmSync } from 'node:fs';
import { serviceNames } from '@souk/contracts/ports';
import { ancestors, isAlive, type ProcessIdentity, processesWithEnv } from '../runner/process-table.ts';
import { readRunRecords } from '../runner/run-files.ts';
import { stopProcess } from '../runner/stop-process.ts';
import { state } from './paths.ts';
import { processMark } from './programs.ts';
import { say, step } from './progress.ts';
import { endSupervisor } from './supervisor-process.ts';

/** First who takes work in, then who does it, then what they stand on. */
const order = (name: string): number => {
  if (name === 'ingress') return 0;
  if (name.endsWith('-dapr')) return 2;
  return services.has(name) ? 1 : 3;
};

const services = new Set<string>(serviceNames);

/** Ends everything, in order; resolves when nothing of ours runs. */
export async function bringDown(): Promise<void> {
  await endSupervisor();
  const running = readRunRecords().filter((record) => record.pid !== 0 && isAlive(record));
  for (const rank of [0, 1, 2, 3]) {
    const group = running.filter(({ name }) => order(name) === rank);
    if (group.length === 0) continue;
    await step(`ending ${group.map(({ name }) => name).join(', ')}`, async () => {
      const ends = await Promise.all(group.map((target) => stopProcess(target)));
      const forced = group.filter((_, index) => ends[index] === 'killed');
      return forced.length > 0 ? `had to kill ${forced.map(({ name }) => name).join(', ')}` : undefined;
    });
  }
  const lost = await endLostProcesses([]);
  if (lost > 0) say(`ended ${lost} more from an earlier run`);
  rmSync(state.run, { recursive: true, force: true });
}

/** Ends processes with our mark outside the groups of `known`: an earlier run started them and was killed. */
export async function endLostProcesses(known: readonly ProcessIdentity[]): Promise<number> {
  // A command of the shop itself may call `make down`: who stands above us stays.
  const kept = new Set([...known.map(({ pid }) => pid), ...ancestors()]);
  const marks = Object.entries(processMark).map(([name, value]) => `${name}=${value}`);
  const lost = marks.flatMap(processesWithEnv).filter(({ pid, group }) => !kept.has(pid) && !kept.has(group));
  await Promise.all(lost.map((target) => stopProcess(target)));
  return lost.length;
}
