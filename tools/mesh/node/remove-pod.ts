/** Ends by force what a record says of a pod: its processes by pid and start time, its network, its files. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { stopProcess } from '../../runner/stop-process.ts';
import { unplug } from './pod-network.ts';
import { type PodRecord, podFolder } from './pod-runner.ts';

export async function removePod(uid: string, { processes, place }: PodRecord): Promise<void> {
  await Promise.all(
    Object.values(processes)
      .filter(({ pid }) => pid !== 0)
      .map((target) => stopProcess(target)),
  );
  await unplug(place);
  rmSync(place.folder, { recursive: true, force: true });
  rmSync(join(podFolder, `${uid}.json`), { force: true });
}
