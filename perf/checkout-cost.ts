/**
 * The processor time of a guest's checkout against the bare order transaction's, both measured in short turns: so the
 * machine's changing speed falls on both, and what is left of it is taken out.
 */
import type { Connection } from 'mysql2/promise';
import type { ShopData } from './data.ts';
import { foreignLimitCores, measureOnce, type Round, takenCores, type Work } from './measure.ts';
import { median } from './report.ts';
import { bareWorks, withBareServer } from './side-by-side.ts';
import { runSuite, suites } from './suites.ts';

/** Enough to keep two cores busy, too few to be turned away. */
const clients = 8;
const checkoutSeconds = 4;
const bareSeconds = 1.5;
const warmUpSeconds = 5;
/** Pairs of turns that must be quiet, and the most that are tried for them or to make sure of a bad result. */
const wanted = 4;
const mostPairs = 6;

/**
 * The power of the bare transaction's time that a checkout's follows. Seen in gates of the same sources at speeds between
 * 0.87 and 1.65 ms a bare transaction: the plain ratio would tell the hour of the day, and so would the square root.
 */
const follows = 0.75;

/** A turn of checkouts, and what bare order transactions took right before and right after it. */
export interface Pair {
  /** Milliseconds of processor time. */
  checkoutMs: number;
  /** The mean of before and after: within one turn a host was seen to become half as fast again. */
  bareMs: number;
  /** Cores that others took in the worst of the three turns. */
  taken: number;
}

export interface CheckoutCost {
  /** Milliseconds of processor time where a bare order transaction takes 1 ms: the median of the quiet pairs. */
  ms: number;
  /** Bare order transactions that a checkout was worth, at the speed of that moment. */
  ratio: number;
  pairs: Pair[];
}

/** Measures four quiet pairs, six at most; with a limit, it goes on as long as the cost is above it. */
export async function costOfCheckout(
  admin: Connection,
  data: ShopData,
  limitMs = Number.POSITIVE_INFINITY,
): Promise<CheckoutCost> {
  return withBareServer(admin, data.products, async (pid, products) => {
    const bare = bareWorks(pid, products, bareSeconds).find(({ name }) => name === 'bare order transaction')!;
    await checkouts(warmUpSeconds).run();
    await bare.run();
    const pairs: Pair[] = [];
    let before = await measureOnce(admin, bare);
    do {
      const checkout = await measureOnce(admin, checkouts(checkoutSeconds));
      const after = await measureOnce(admin, bare);
      pairs.push(pairOf(checkout, before, after));
      before = after;
    } while (pairs.length < mostPairs && (quiet(pairs).length < wanted || costOf(pairs).ms > limitMs));
    return costOf(pairs);
  });
}

/** The cost and what it was made of, for people. */
export function describeCost({ ms, ratio, pairs }: CheckoutCost): string {
  const seen = pairs.map((pair) => `${pair.checkoutMs.toFixed(0)} to ${pair.bareMs.toFixed(2)}`).join(', ');
  return `a checkout costs ${ms.toFixed(1)} ms, ${ratio.toFixed(0)} bare orders (${seen})`;
}

const checkouts = (seconds: number): Work => ({
  name: 'checkout',
  side: 'shop',
  run: () =>
    runSuite(suites.find(({ name }) => name === 'checkout')!, {
      SECONDS: `${seconds}`,
      CLIENTS: `${clients}`,
    }),
});

function pairOf(checkout: Round, before: Round, after: Round): Pair {
  return {
    checkoutMs: workedOut(checkout),
    bareMs: (workedOut(before) + workedOut(after)) / 2,
    taken: Math.max(...[checkout, before, after].map(takenCores)),
  };
}

/** A turn without a unit has no cost. */
function workedOut({ name, units, errors, cpuMsPerUnit }: Round): number {
  if (units === 0 || errors > 0) throw new Error(`${name}: ${units} done, ${errors} wrong; see make status`);
  return cpuMsPerUnit;
}

const quiet = (pairs: readonly Pair[]) => pairs.filter(({ taken }) => taken <= foreignLimitCores);

/** What pairs come to. Where none was quiet all of them count: both turns of a pair suffer alike. */
export function costOf(pairs: Pair[]): CheckoutCost {
  const calm = quiet(pairs);
  const of = (figure: (pair: Pair) => number) => median((calm.length > 0 ? calm : pairs).map(figure));
  return {
    ms: of(({ checkoutMs, bareMs }) => checkoutMs / bareMs ** follows),
    ratio: of(({ checkoutMs, bareMs }) => checkoutMs / bareMs),
    pairs,
  };
}
