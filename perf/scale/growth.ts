/** Kinds of requests before and after tables have grown: the same ones, in rounds, beside bare servers that do not grow. */
import type { Connection } from 'mysql2/promise';
import { nodeBinary, root } from '../../tools/platform/paths.ts';
import { say, step } from '../../tools/platform/progress.ts';
import { runCommand } from '../../tools/platform/run-command.ts';
import { sampleTraces, untilAtRest } from '../counters.ts';
import { type Load, measure, type Round } from '../measure.ts';
import { median } from '../report.ts';
import { traceShare } from '../run-facts.ts';
import { bareWorks, line, withBareServer } from '../side-by-side.ts';

const rounds = Number(process.env.ROUNDS || 3);
/** Of the bare servers, at both times. */
const bareProducts = 10_000;
const bareSeconds = 3;
const verbLimitMs = 900_000;
/** A round that others disturb is done again once. */
const tries = 2;

export type Yardstick = 'bare list of 20' | 'bare order transaction';

/** What is asked, and what its p95 may come to. */
export interface Kind {
  name: string;
  yardstick: Yardstick;
  /** p95 may grow by this factor. */
  mostGrowth: number;
  /** p95 may be so long before it grows, in milliseconds. */
  mostMs?: number;
  /** Once before the rounds, which are counted from 0. */
  warmUp(): Promise<unknown>;
  run(round: number): Promise<Load>;
}

export interface Figures {
  p50Ms: number;
  p95Ms: number;
  /** A request: tells how much came from memory. */
  statements: number;
}

export interface Growth {
  name: string;
  before: Figures;
  after: Figures;
  /** Of p95: of what was asked, and of its yardstick. */
  growth: number;
  bareGrowth: number;
  /** In words. */
  missed: string[];
}

/** Measures every kind in each round, in turns with the yardsticks. Names of rounds begin with `stage`. */
export async function measureKinds(
  admin: Connection,
  stage: string,
  kinds: readonly Kind[],
): Promise<Round[]> {
  const restore = await sampleTraces(traceShare);
  const found: Round[] = [];
  try {
    // Uncompiled code is no measure.
    for (const kind of kinds) await kind.warmUp();
    await untilAtRest(admin);
    await withBareServer(admin, bareProducts, async (pid, products) => {
      const wanted = new Set<string>(kinds.map(({ yardstick }) => yardstick));
      const bare = bareWorks(pid, products, bareSeconds).filter(({ name }) => wanted.has(name));
      for (let round = 0; round < rounds; round += 1) {
        const asked = kinds.map(({ name, run }) => ({ name, side: 'shop' as const, run: () => run(round) }));
        for (const work of [...bare, ...asked]) {
          const seen = await measure(admin, work, tries);
          found.push({ ...seen, name: `${stage}: ${work.name}` });
          say(line(found.at(-1)!));
        }
      }
    });
  } finally {
    await restore();
  }
  return found;
}

/** Medians of the rounds before and after, and the bars that were missed. */
export function growthOf(
  { name, yardstick, mostGrowth, mostMs }: Pick<Kind, 'name' | 'yardstick' | 'mostGrowth' | 'mostMs'>,
  [small, large]: readonly [readonly Round[], readonly Round[]],
): Growth {
  const of = (found: readonly Round[], what: string) =>
    found.filter((round) => round.name.endsWith(`: ${what}`));
  const [before, after] = [figuresOf(of(small, name)), figuresOf(of(large, name))];
  const wrong = [...of(small, name), ...of(large, name)].reduce((sum, { errors }) => sum + errors, 0);
  const growth = after.p95Ms / before.p95Ms;
  return {
    ...{ name, before, after, growth },
    bareGrowth: figuresOf(of(large, yardstick)).p95Ms / figuresOf(of(small, yardstick)).p95Ms,
    missed: [
      ...(growth <= mostGrowth ? [] : [`p95 grows ${growth.toFixed(2)} ×, bar ${mostGrowth} ×`]),
      ...(before.p95Ms <= (mostMs ?? Number.POSITIVE_INFINITY) ? [] : [`p95 before above ${mostMs} ms`]),
      ...(wrong > 0 ? [`${wrong} wrong answers`] : []),
    ],
  };
}

function figuresOf(found: readonly Round[]): Figures {
  const mid = (of: (round: Round) => number) => median(found.map(of));
  return {
    p50Ms: mid(({ p50Ms }) => p50Ms),
    p95Ms: mid(({ p95Ms }) => p95Ms),
    statements: mid(({ counted, units }) => counted.statements / Math.max(1, units)),
  };
}

/** One verb of the shop's own command, with its last line as progress. */
export function souk(
  verb: 'reset' | 'up' | 'down' | 'seed',
  env: Record<string, string> = {},
): Promise<void> {
  return step(`make ${verb}`, (tell) =>
    runCommand([nodeBinary, 'tools/souk.ts', verb], { cwd: root, env, limitMs: verbLimitMs, tell }),
  );
}
