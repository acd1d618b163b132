/**
 * Lets a measurement fill the shop's tables and leaves the shop as it was: all of its data is copied aside while it is
 * closed, and put back afterwards. Killed at any point, the copy is whole or not there; `PART=restore` puts it back.
 */
import { cpSync, existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { nodeBinary, root, state } from '../../tools/platform/paths.ts';
import { step } from '../../tools/platform/progress.ts';
import { runCommand } from '../../tools/platform/run-command.ts';

const kept = `${state.data}.kept`;
const unfinished = `${kept}.new`;
const verbLimitMs = 300_000;

/** Runs `work` on data that it may fill as it likes; closes and opens the shop before and after. */
export async function onKeptData<T>(work: () => Promise<T>): Promise<T> {
  refuseWhileKept();
  await keep();
  const warn = () => console.error(howToPutBack);
  process.on('exit', warn);
  try {
    return await work();
  } finally {
    await putBack();
    process.off('exit', warn);
  }
}

const howToPutBack =
  "\nThe shop's data before this measurement lies in .souk/data.kept; put it back: make perf-scale PART=restore";

/** Throws when an interrupted run has left data aside: whoever has used the shop since must say which are to stay. */
export function refuseWhileKept(): void {
  if (!existsSync(kept)) return;
  throw new Error(
    'An interrupted run has left the data of before in .souk/data.kept. Put them back: make perf-scale PART=restore; or forget them: rm -r .souk/data.kept',
  );
}

/** Puts kept data back if there is any, and opens the shop with it; answers whether there was. */
export async function putBack(): Promise<boolean> {
  if (!existsSync(kept)) return false;
  await souk('down');
  await step('data as it was before', async () => {
    rmSync(state.data, { recursive: true, force: true });
    renameSync(kept, state.data);
  });
  await souk('up');
  return true;
}

/** A copy of files that nobody writes: MariaDB, Redis, the provider and the scheduler have ended in good order. */
async function keep(): Promise<void> {
  await souk('down');
  await step('data kept aside', async () => {
    rmSync(unfinished, { recursive: true, force: true });
    cpSync(state.data, unfinished, { recursive: true, preserveTimestamps: true });
    renameSync(unfinished, kept);
  });
  await souk('up');
}

/** One verb of the shop's own command, with its last line as progress. */
export function souk(verb: 'up' | 'down' | 'seed', env: Record<string, string> = {}): Promise<void> {
  return step(`make ${verb}`, (tell) =>
    runCommand([nodeBinary, join(root, 'tools/souk.ts'), verb], {
      cwd: root,
      env,
      limitMs: verb === 'seed' ? 3 * verbLimitMs : verbLimitMs,
      tell,
    }),
  );
}
