/** What became of answer times when the tables grew: medians of the rounds before and after, and the bars they broke. */
import type { Round } from '../measure.ts';
import { median } from '../report.ts';

/** A disturbed round is not done again here: there are several, and their median counts. */
export const tries = 1;

export interface Figures {
  perSecond: number;
  p50Ms: number;
  p95Ms: number;
  /** Of MariaDB's processor time, a unit. */
  databaseMs: number;
}

export interface Growth {
  name: string;
  before: Figures;
  after: Figures;
  /** Of p95. */
  growth: number;
  /** Bars that were missed, in words. */
  missed: string[];
}

export interface Growing {
  name: string;
  small: readonly Round[];
  large: readonly Round[];
  /** p95 may grow by this factor. */
  mostGrowth: number;
  /** p95 may be so long at first, in milliseconds. */
  p95MsAtFirst?: number;
}

/** Rounds are known by the end of their names: `few: list` and `many: list` are both of `list`. */
export function growthOf({ name, small, large, mostGrowth, p95MsAtFirst }: Growing): Growth {
  const own = [small, large].map((rounds) => rounds.filter((round) => round.name.endsWith(`: ${name}`)));
  const [before, after] = own.map(figuresOf) as [Figures, Figures];
  const growth = after.p95Ms / before.p95Ms;
  const wrong = own.flat().reduce((sum, { errors }) => sum + errors, 0);
  return {
    ...{ name, before, after, growth },
    missed: [
      ...(growth <= mostGrowth ? [] : [`p95 grows ${growth.toFixed(2)} ×, more than ${mostGrowth} ×`]),
      ...(p95MsAtFirst === undefined || before.p95Ms <= p95MsAtFirst
        ? []
        : [`p95 is ${before.p95Ms.toFixed(0)} ms before it grows, more than ${p95MsAtFirst} ms`]),
      ...(wrong > 0 ? [`${wrong} wrong answers`] : []),
    ],
  };
}

function figuresOf(rounds: readonly Round[]): Figures {
  const mid = (of: (round: Round) => number) => median(rounds.map(of));
  return {
    perSecond: mid((round) => round.perSecond),
    p50Ms: mid((round) => round.p50Ms),
    p95Ms: mid((round) => round.p95Ms),
    databaseMs: mid((round) => round.cpuMsPerUnitByProcess.mariadb ?? 0),
  };
}
