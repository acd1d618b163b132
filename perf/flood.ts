/** The flood: buyers, and visitors who look around meanwhile: lists, searches and pages at a constant rate. */
import { ports } from '@souk/contracts/ports';
import type { ShopData } from './data.ts';
import type { HammerRequest } from './hammer.ts';
import type { Load } from './measure.ts';
import { api, market, runHammer } from './side-by-side.ts';

/** Of twenty visits one is a buyer's, as in the suite mixed. */
const looksPerBuyer = 19;
/** So many can wait for an answer; who comes then goes away again. */
const mostAtOnce = 400;
const notNow = 429;
const seconds = 20;
/** As long as k6 takes to begin: visitors stay until the last buyer has come. */
const startSeconds = 3;
const refusedWithinMs = 100;
const answeredShare = 0.2;

/** The suites' mixture of looks, without the first article in the cart: of 19 some 6 lists, 4 categories, 4 searches, 5 pages. */
function looks({ categories, words, slugs }: ShopData): HammerRequest[] {
  const ask = (rest: string): HammerRequest => ({ method: 'GET', path: `${api}/products${rest}` });
  return Array.from({ length: 950 }, (_, place) => {
    const part = place % looksPerBuyer;
    if (part < 6) return ask(`?${market}&limit=20`);
    if (part < 10) return ask(`?${market}&category=${categories[place % categories.length]}`);
    if (part < 14) return ask(`?${market}&q=${encodeURIComponent(words[place % words.length]!)}`);
    return ask(`/${slugs[place % slugs.length]}?${market}`);
  });
}

/**
 * Three times what the shop can do (`capacity`: checkouts a second as found before; else CAPACITY, else 20) in buyers and in
 * visitors. `buyers` gets the suite's variables; the figures are its own, with what the visitors met under names that begin
 * with `visitors`. Missed are thresholds when one hears anything but 200 or 429, when the 95th of a hundred refusals takes
 * 100 ms, or when fewer than a fifth of them are answered.
 */
export async function flood(
  data: ShopData,
  buyers: (env: Record<string, string>) => Promise<Load>,
  capacity?: number,
): Promise<Load> {
  const most = capacity || Number(process.env.CAPACITY) || 20;
  const perSecond = Math.round(3 * most * looksPerBuyer);
  const [load, visitors] = await Promise.all([
    buyers({ CAPACITY: most.toFixed(1), SECONDS: `${seconds}` }),
    runHammer({
      port: ports.ingress,
      connections: mostAtOnce,
      rate: perSecond,
      seconds: seconds + startSeconds,
      requests: looks(data),
      status: 200,
      refusals: [notNow],
    }),
  ]);
  const { refused = 0, refusedP95Ms = 0, dropped = 0, requests = 0 } = visitors.details;
  const asked = visitors.units + visitors.errors + refused + dropped;
  const missed = [
    ...(visitors.errors > 0 ? ['visitors: errors == 0'] : []),
    ...(refusedP95Ms >= refusedWithinMs ? [`visitors: refused p(95) < ${refusedWithinMs}`] : []),
    ...(visitors.units < asked * answeredShare ? [`visitors: answered >= ${answeredShare}`] : []),
  ];
  return {
    ...load,
    errors: load.errors + visitors.errors,
    missed: [...load.missed, ...missed],
    details: {
      ...load.details,
      requests: (load.details.requests ?? 0) + requests,
      visitorsAsked: asked,
      visitorsAnswered: visitors.units,
      visitorsP95Ms: visitors.p95Ms,
      visitorsRefused: refused,
      visitorsRefusedP95Ms: refusedP95Ms,
      visitorsDropped: dropped,
    },
  };
}
