/** Ten times the products: lists and searches of 16 clients, each query once and as visitors ask, before and after. */
import { ports } from '@souk/contracts/ports';
import { openAdmin } from '../../tools/platform/mariadb-admin.ts';
import type { Round } from '../measure.ts';
import { runHammer } from '../side-by-side.ts';
import { type Growth, growthOf, type Kind, measureKinds, souk } from './growth.ts';
import { type Drawn, drawOften, drawPaths } from './product-requests.ts';

const clients = 16;
const seconds = Number(process.env.SECONDS || 6);
const onceSeconds = 60;
const warmUpSeconds = 3;
const rounds = Number(process.env.ROUNDS || 3);
const { FROM = '10k', TO = '100k' } = process.env;
/** Queries of a cold round, each round others. */
const once = { lists: 600, searches: 200 };
/** Others again, and more than catalog keeps (1,000 answers, 300 facets): some answers are ready and some are not. */
const often = { lists: 3_000, searches: 1_600 };
const draws = 20_000;

export interface Grown {
  /** Rows, in words. */
  sizes: readonly [string, string];
  kinds: Growth[];
  rounds: Round[];
}

/** Ends with 100,000 products in the shop. */
export async function growProducts(): Promise<Grown> {
  await souk('seed', { SIZE: FROM });
  const admin = await openAdmin();
  try {
    const kinds = kindsOf(await drawPaths(admin));
    const small = await measureKinds(admin, FROM, kinds);
    await souk('seed', { SIZE: TO });
    const large = await measureKinds(admin, TO, kinds);
    return {
      sizes: [`${FROM} products`, `${TO} products`],
      kinds: kinds.map((kind) => growthOf(kind, [small, large])),
      rounds: [...small, ...large],
    };
  } finally {
    await admin.end();
  }
}

function kindsOf(drawn: Drawn): Kind[] {
  const bars = { yardstick: 'bare list of 20', mostGrowth: 1.5 } as const;
  return (['lists', 'searches'] as const).flatMap((what) => {
    const cold = once[what] * (rounds + 1);
    const paths = drawn[what];
    const needed = cold + often[what];
    if (paths.length < needed)
      throw new Error(`only ${paths.length} ${what} can be drawn, ${needed} are needed`);
    const slice = (round: number) => paths.slice(round * once[what], (round + 1) * once[what]);
    const visitors = drawOften(paths.slice(cold, needed), draws);
    const shared = what === 'searches' ? { ...bars, mostMs: 50 } : bars;
    const each = (round: number) => ask(slice(round), { once: true, seconds: onceSeconds });
    return [
      { ...shared, name: `${what}, each once`, warmUp: () => each(rounds), run: each },
      {
        ...shared,
        name: `${what}, some often`,
        warmUp: () => ask(visitors, { seconds: warmUpSeconds }),
        run: () => ask(visitors, { seconds }),
      },
    ];
  });
}

function ask(paths: readonly string[], how: { once?: boolean; seconds: number }) {
  const requests = paths.map((path) => ({ method: 'GET' as const, path }));
  return runHammer({ port: ports.ingress, connections: clients, status: 200, requests, ...how });
}
