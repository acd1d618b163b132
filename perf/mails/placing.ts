/** Orders at a constant rate: carts are made first, so that what is measured is POST /orders and what follows it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { place, type ReadyCart, readyCart } from '../../test/support/shop.ts';
import type { Load } from '../measure.ts';
import { quantile } from '../quantile.ts';

/** Carts that are made at once. */
const makers = 8;
const linesOfCart = 3;

/** Guests' carts of three articles each, one request away from an order. */
export async function makeCarts(count: number, skus: readonly string[]): Promise<ReadyCart[]> {
  const made: ReadyCart[] = [];
  let next = 0;
  const make = async () => {
    while (next < count) {
      const first = next++ * linesOfCart;
      const lines = Array.from({ length: linesOfCart }, (_, line) => ({
        sku: skus[(first + line) % skus.length]!,
        quantity: 1,
      }));
      made.push(await readyCart({ lines }));
    }
  };
  await Promise.all(Array.from({ length: makers }, make));
  return made;
}

/** An order and the mailbox of its buyer. */
export interface Placed {
  id: string;
  token: string;
  email: string;
}

/**
 * Places the order of each cart when its turn has come, whether the ones before have been answered or not; times are
 * from then on. Wrong is every answer but 201 with a confirmed order.
 */
export async function placeAtRate(
  carts: readonly ReadyCart[],
  perSecond: number,
): Promise<{ load: Load; placed: Placed[] }> {
  const begunMs = performance.now();
  const durations: number[] = [];
  const placed: Placed[] = [];
  await Promise.all(
    carts.map(async (cart, turn) => {
      const dueMs = begunMs + (turn * 1_000) / perSecond;
      await sleep(Math.max(0, dueMs - performance.now()));
      const answer = await place(cart).catch(() => undefined);
      if (answer?.status !== 201 || answer.body.state !== 'confirmed') return;
      durations.push(performance.now() - dueMs);
      placed.push({ id: answer.body.id, token: answer.body.token, email: cart.email });
    }),
  );
  const errors = carts.length - placed.length;
  const at = (share: number) => quantile(durations, share);
  return {
    placed,
    load: {
      ...{ units: placed.length, errors, seconds: (performance.now() - begunMs) / 1_000 },
      ...{ p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99) },
      missed: errors > 0 ? ['errors == 0'] : [],
      details: { requests: carts.length, perSecond },
    },
  };
}
