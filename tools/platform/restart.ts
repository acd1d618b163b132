/** Restarts one process of the shop with the sources as they are now, and waits until it works again. */
import { command } from '../runner/control.ts';
import { buildGoApps, isGoApp } from './go-apps.ts';
import { untilHealthy } from './probe.ts';
import { listPrograms } from './programs.ts';
import { step } from './progress.ts';

const readyLimitMs = 60_000;

/** Restarts the process of that name; rejects with the known names if there is none. */
export async function restartProcess(name: string | undefined): Promise<void> {
  const programs = listPrograms();
  const program = programs.find((one) => one.name === name);
  if (!program) {
    throw new Error(`make restart S=<name>, one of: ${programs.map((one) => one.name).join(', ')}`);
  }
  if (isGoApp(program.name)) await step('build', buildGoApps);
  await step(program.name, async () => {
    const { pid } = await command('restart', program.name);
    await untilHealthy(program.health, readyLimitMs);
    return `works again, process ${pid}`;
  });
}
