/** Ends every process of this checkout and no other, also those that a killed run left behind. */
import { readFileSync, rmSync } from 'node:fs';
import { isAlive, type ProcessIdentity, processesWithEnv } from '../runner/process-table.ts';
import { readRunRecords, removeRunRecord } from '../runner/run-files.ts';
import { stopProcess } from '../runner/stop-process.ts';
import { state } from './paths.ts';
import { processMark } from './programs.ts';
import { say, step } from './progress.ts';
import { endSupervisor } from './supervisor-process.ts';

/** First who takes work in, then who does it, then what they stand on. */
const order = (name: string): number => {
  if (name === 'ingress') return 0;
  if (name.endsWith('-dapr')) return 2;
  return platformNames.has(name) ? 3 : 1;
};

const platformNames = new Set([
  'mariadb',
  'redis',
  'sentry',
  'placement',
  'scheduler',
  'jaeger',
  'smtp-catcher',
  'psp-simulator',
]);

/** Ends everything, in order; resolves when nothing of ours runs. */
export async function bringDown(): Promise<void> {
  await endSupervisor();
  const running = readRunRecords().filter((record) => record.pid !== 0 && isAlive(record));
  for (const rank of [0, 1, 2, 3]) {
    const group = running.filter(({ name }) => order(name) === rank);
    if (group.length === 0) continue;
    await step(`ending ${group.map(({ name }) => name).join(', ')}`, async () => {
      const ends = await Promise.all(group.map(stopProcess));
      const forced = group.filter((_, index) => ends[index] === 'killed');
      return forced.length > 0 ? `had to kill ${forced.map(({ name }) => name).join(', ')}` : undefined;
    });
  }
  const lost = await endLostProcesses([]);
  if (lost > 0) say(`ended ${lost} more from an earlier run`);
  for (const { name } of readRunRecords()) removeRunRecord(name);
  rmSync(state.supervisorPid, { force: true });
}

/** Ends processes with our mark that are not among `known`: an earlier run started them and was killed. */
export async function endLostProcesses(known: readonly ProcessIdentity[]): Promise<number> {
  const kept = new Set([...known.map(({ pid }) => pid), ...ancestors()]);
  const [mark] = Object.entries(processMark).map(([name, value]) => `${name}=${value}`);
  const lost = processesWithEnv(mark!).filter(({ pid }) => !kept.has(pid));
  await Promise.all(lost.map(stopProcess));
  return lost.length;
}

/** Our own process and those above it: a command of the shop may call `make down`. */
function ancestors(): number[] {
  const found = [process.pid];
  for (let pid = process.ppid; pid > 1; ) {
    found.push(pid);
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      pid = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    } catch {
      break;
    }
  }
  return found;
}
