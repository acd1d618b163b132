/** What must be known of a run to read its figures: when, which sources, which machine, how busy it was before. */
import { execFileSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../tools/platform/paths.ts';
import { say } from '../tools/platform/progress.ts';
import { type Children, cpuBetween, readCpu, readMemory, sum } from './cpu.ts';
import type { ShopData } from './data.ts';
import type { Run } from './report.ts';

/** Of the requests, while measuring. */
export const traceShare = 0.01;
const idleSeconds = 5;
const { TRIAL, ANY_SIZE } = process.env;

/** Everything but the rounds; takes the five seconds in which nobody asks for anything. */
export async function aboutRun({ products }: ShopData): Promise<Omit<Run, 'rounds'>> {
  const git = (...words: string[]) => execFileSync('git', words, { cwd: root, encoding: 'utf8' }).trim();
  return {
    at: new Date().toISOString(),
    commit: git('rev-parse', '--short', 'HEAD'),
    machine: {
      cores: cpus().length,
      model: cpus()[0]?.model.trim() ?? 'unknown',
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      kernel: release(),
    },
    products,
    isMeasurement: TRIAL !== '1' && ANY_SIZE !== '1',
    traceShare,
    idle: await idleShop(),
  };
}

/** What the shop, and the children beside it, need while nobody asks; takes five seconds. */
export async function idleShop(children: Children = {}): Promise<Run['idle']> {
  const before = readCpu(children);
  await sleep(idleSeconds * 1_000);
  const use = cpuBetween(before, readCpu(children));
  const cores = (sum(use.shop) + sum(use.bare)) / use.seconds;
  say(`idle: ${cores.toFixed(2)} core, foreign ${use.foreignCores.toFixed(2)} core`);
  return { cores, foreignCores: use.foreignCores, memoryMiB: sum(readMemory()) / 2 ** 20 };
}
