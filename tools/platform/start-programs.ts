/** Starts programs by the supervisor, and tells people when each works or why it does not. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { command, supervisorStatus } from '../runner/control.ts';
import type { Program } from '../runner/program.ts';
import { state } from './paths.ts';
import { untilHealthy } from './probe.ts';
import { step } from './progress.ts';

export const readyLimitMs = 90_000;
const endlessEnds = 6;
const shownLines = 8;

/** Starts them side by side; resolves when each does its work. */
export async function start(programs: readonly Program[]): Promise<void> {
  await Promise.all(programs.map((program) => command('start', program.name).then(() => waitFor(program))));
}

/** Says when a program does its work; rejects when it does not in time, or ends again and again. */
export async function waitFor({ name, health, ports: own }: Program): Promise<void> {
  await step(name, async () => {
    await untilHealthy(health, readyLimitMs, () => refuseEndless(name)).catch((error: Error) => {
      throw new Error(`${name} does not come up: ${error.message}\n${lastLines(name)}`);
    });
    const [port] = Object.values(own);
    return port === undefined ? '' : `127.0.0.1:${port}`;
  });
}

/** Gives up early on a process that ends again and again. */
async function refuseEndless(name: string): Promise<void> {
  const unit = (await supervisorStatus()).units.find((candidate) => candidate.name === name);
  if (unit && unit.endsInARow >= endlessEnds)
    throw new Error(`it has ended ${unit.endsInARow} times in a row`);
}

function lastLines(name: string): string {
  const path = join(state.logs, `${name}.log`);
  const lines = existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
  return [...lines.slice(-shownLines), `(make logs S=${name})`].join('\n');
}
