/** Buyers who come at a steady rate whatever happens: each orders what is in their cart, and notes what they were told. */
import type { Experiment } from '../chaos/experiment.ts';
import { place, type ReadyCart } from '../support/shop.ts';

/** What one buyer knows at the end. */
export type Outcome =
  /** 201 or 202: the shop has their order. */
  | 'acknowledged'
  /** They heard nothing clear and left: there may be an order or not. */
  | 'unknown'
  /** Told that there is no order. */
  | 'failed';

export interface Load {
  /** Lets no more buyers in and waits for those who are inside; answers what each was told. */
  stop(): Promise<Outcome[]>;
}

/** Every fourth does not ask again: nobody but the shop knows what became of their order. */
const impatience = 4;
const cartsAtOnce = 6;

/** Carts with delivery and quote, filled before it counts: under load there are orders and nothing else. */
export async function fillCarts(experiment: Experiment, count: number): Promise<ReadyCart[]> {
  const carts: ReadyCart[] = [];
  let begun = 0;
  const fill = async () => {
    while (begun < count) {
      begun += 1;
      carts.push(await experiment.cart());
    }
  };
  await Promise.all(Array.from({ length: cartsAtOnce }, fill));
  return carts;
}

/** One order after the other as long as there are carts. */
export function startLoad(experiment: Experiment, carts: readonly ReadyCart[], perSecond: number): Load {
  const buyers: Promise<Outcome>[] = [];
  const timer = setInterval(() => {
    const cart = carts[buyers.length];
    if (!cart) return clearInterval(timer);
    const isPatient = buyers.length % impatience !== 0;
    buyers.push(isPatient ? buyPatiently(experiment, cart) : buyOnce(experiment, cart));
  }, 1_000 / perSecond);
  return {
    stop() {
      clearInterval(timer);
      return Promise.all(buyers);
    },
  };
}

const outcomeOf = (status: number): Outcome => (status < 300 ? 'acknowledged' : 'failed');

/** With one key until there is a definite answer, half a minute long. */
async function buyPatiently(experiment: Experiment, cart: ReadyCart): Promise<Outcome> {
  const answer = await experiment.buy(cart).catch(() => undefined);
  return answer ? outcomeOf(answer.status) : 'unknown';
}

async function buyOnce(experiment: Experiment, cart: ReadyCart): Promise<Outcome> {
  const answer = await place(cart).catch(() => undefined);
  if (!answer || answer.status >= 500 || answer.status === 429) return 'unknown';
  experiment.note(answer);
  return outcomeOf(answer.status);
}

/** The longest time without a confirmation from `fromMs` to `untilMs`, both ends counted. */
export function longestGapMs(confirmedMs: readonly number[], fromMs: number, untilMs: number): number {
  const inside = confirmedMs.filter((ms) => ms > fromMs && ms < untilMs).toSorted((a, b) => a - b);
  const marks = [fromMs, ...inside, untilMs];
  return Math.max(...marks.slice(1).map((ms, i) => ms - marks[i]!));
}
