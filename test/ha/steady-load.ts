/** Buyers who come at a steady rate whatever happens: each orders what is in their cart, and notes what they were told. */
import { randomUUID } from 'node:crypto';
import type { Experiment } from '../chaos/experiment.ts';
import { type Answer, place, type ReadyCart } from '../support/shop.ts';

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
const patienceMs = 30_000;
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

/** Whether the answer says what became of the order. */
const isClear = ({ status, body }: Answer) =>
  status < 500 && status !== 429 && body?.code !== 'idempotency-key-in-use';

/** With one key until there is a clear answer, half a minute long, as seldom as the shop asks for by Retry-After. */
async function buyPatiently(experiment: Experiment, cart: ReadyCart): Promise<Outcome> {
  const key = randomUUID();
  const endMs = Date.now() + patienceMs;
  while (Date.now() < endMs) {
    const answer = await place(cart, { key }).catch(() => undefined);
    if (answer && isClear(answer)) return told(experiment, answer);
    const waitSeconds = Number(answer?.headers.get('retry-after') ?? 1);
    await new Promise((resolve) => setTimeout(resolve, waitSeconds * 1_000));
  }
  return 'unknown';
}

async function buyOnce(experiment: Experiment, cart: ReadyCart): Promise<Outcome> {
  const answer = await place(cart).catch(() => undefined);
  return answer && isClear(answer) ? told(experiment, answer) : 'unknown';
}

function told(experiment: Experiment, answer: Answer): Outcome {
  experiment.note(answer);
  return answer.status < 300 ? 'acknowledged' : 'failed';
}

/** The longest time without a confirmation from `fromMs` to `untilMs`, both ends counted. */
export function longestGapMs(confirmedMs: readonly number[], fromMs: number, untilMs: number): number {
  const inside = confirmedMs.filter((ms) => ms > fromMs && ms < untilMs).toSorted((a, b) => a - b);
  const marks = [fromMs, ...inside, untilMs];
  return Math.max(...marks.slice(1).map((ms, i) => ms - marks[i]!));
}
