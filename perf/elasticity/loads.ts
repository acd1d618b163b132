/** Closed loops through the gateway: details of products, and orders of carts that lie ready. */
import { setTimeout as sleep } from 'node:timers/promises';
import { closeBackRoom, newArticle } from '../../test/support/back-room.ts';
import { origin, placing, type ReadyCart, readyCart, send } from '../../test/support/shop.ts';
import { quantile } from '../quantile.ts';

export interface Loaded {
  units: number;
  /** Answers that are none of the unit's. */
  wrong: number;
  seconds: number;
  p50Ms: number;
  p95Ms: number;
}

export interface Offer {
  clients: number;
  seconds: number;
}

const products = 50;
/** Carts that are made at once. */
const makers = 6;

/** A load that is ready to begin. */
export type Ready = () => Promise<Loaded>;

/** Reads details of popular products over and over. */
export async function readDetails(offer: Offer): Promise<Ready> {
  const { body } = await send('GET', `/products?limit=${products}`);
  const slugs = (body.items as { slug: string }[]).map(({ slug }) => slug);
  if (slugs.length === 0) throw new Error(`${origin} has no products`);
  let next = 0;
  return () =>
    loop(offer, async () => {
      const { status } = await send('GET', `/products/${slugs[next++ % slugs.length]}`);
      return status === 200;
    });
}

/** Makes carts first, as many as `wanted`, so that only POST /orders is measured; ends early when they are used up. */
export async function placeOrders(offer: Offer, wanted: number): Promise<Ready> {
  const { sku } = await newArticle({ stock: 1_000_000 });
  await closeBackRoom();
  const ready: ReadyCart[] = [];
  await Promise.all(
    Array.from({ length: makers }, async () => {
      while (ready.length < wanted) ready.push(await readyCart({ lines: [{ sku, quantity: 1 }] }));
    }),
  );
  return () =>
    loop(offer, async () => {
      const cart = ready.pop();
      if (!cart) return undefined;
      const { status, headers } = await send('POST', '/orders', placing(cart));
      if (status === 503) await sleep(1_000 * Number(headers.get('retry-after') ?? 1));
      return status === 201 || status === 202;
    });
}

/** `undefined` ends a client. */
async function loop({ clients, seconds }: Offer, unit: () => Promise<boolean | undefined>): Promise<Loaded> {
  const durations: number[] = [];
  let wrong = 0;
  const begunMs = performance.now();
  const endMs = begunMs + seconds * 1_000;
  const client = async () => {
    while (performance.now() < endMs) {
      const sentMs = performance.now();
      const done = await unit().catch(() => false);
      if (done === undefined) return;
      if (done) durations.push(performance.now() - sentMs);
      else wrong += 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return {
    units: durations.length,
    wrong,
    seconds: (performance.now() - begunMs) / 1_000,
    p50Ms: quantile(durations, 0.5),
    p95Ms: quantile(durations, 0.95),
  };
}
