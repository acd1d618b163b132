/** Buyers who come at a steady rate whatever happens: each fills a cart and orders, and notes what they were told. */
import type { Experiment } from '../chaos/experiment.ts';
import { place } from '../support/shop.ts';

/** What one buyer knows at the end. */
export type Outcome =
  /** 201 or 202: the shop has their order. */
  | 'acknowledged'
  /** They asked once, heard nothing clear and left: there may be an order or not. */
  | 'unknown'
  /** Told that there is no order, or kept from asking for one: the cart was gone. */
  | 'failed';

export interface Load {
  /** Lets no more buyers in and waits for those who are inside; answers what each was told. */
  stop(): Promise<Outcome[]>;
}

/** Every fourth does not ask again: nobody but the shop knows what became of their order. */
const impatience = 4;

export function startLoad(experiment: Experiment, perSecond: number): Load {
  const buyers: Promise<Outcome>[] = [];
  const timer = setInterval(() => {
    const patient = buyers.length % impatience !== impatience - 1;
    buyers.push(buyOnce(experiment, patient).catch(() => 'failed' as const));
  }, 1_000 / perSecond);
  return {
    stop() {
      clearInterval(timer);
      return Promise.all(buyers);
    },
  };
}

async function buyOnce(experiment: Experiment, patient: boolean): Promise<Outcome> {
  const cart = await experiment.cart();
  const asking = patient ? experiment.buy(cart) : place(cart);
  const answer = await asking.catch(() => undefined);
  if (!answer || answer.status >= 500 || answer.status === 429) return 'unknown';
  if (!patient) experiment.note(answer);
  return answer.status === 201 || answer.status === 202 ? 'acknowledged' : 'failed';
}

/** The longest time without a confirmation from `fromMs` to `untilMs`, both ends counted. */
export function longestGapMs(confirmedMs: readonly number[], fromMs: number, untilMs: number): number {
  const inside = confirmedMs.filter((ms) => ms > fromMs && ms < untilMs).toSorted((a, b) => a - b);
  const marks = [fromMs, ...inside, untilMs];
  return Math.max(...marks.slice(1).map((ms, i) => ms - marks[i]!));
}
