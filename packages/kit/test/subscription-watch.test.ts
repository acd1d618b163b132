/** A sidecar that does not know what its app listens to is ended; one that is only late or away is not. */
import { watchSubscriptions } from '@souk/kit/subscription-watch';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

const log = { info() {}, warn() {}, error() {}, debug() {} };
let known: string[] | Error;
let ended: number;
let stop: () => Promise<void>;

beforeEach(() => {
  vi.useFakeTimers();
  ended = 0;
  const dapr = {
    async subscribedTopics() {
      if (known instanceof Error) throw known;
      return known;
    },
    async shutDown() {
      ended += 1;
    },
  };
  stop = watchSubscriptions({
    dapr,
    log,
    topics: ['order.confirmed', 'order.cancelled'],
    everyMs: 1_000,
  }).stop;
});
afterEach(async () => {
  const stopped = stop();
  vi.useRealTimers();
  await stopped;
});

it('leaves a sidecar alone that knows them all', async () => {
  known = ['order.cancelled', 'order.confirmed', 'cart.dead'];
  await vi.advanceTimersByTimeAsync(20_000);
  expect(ended).toBe(0);
});

it('gives a sidecar time to ask, and ends one that does not', async () => {
  known = [];
  await vi.advanceTimersByTimeAsync(2_500);
  expect(ended).toBe(0);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(ended).toBe(1);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(ended).toBe(1);
});

it('ends one that has forgotten a topic', async () => {
  known = ['order.confirmed'];
  await vi.advanceTimersByTimeAsync(3_500);
  expect(ended).toBe(1);
});

it('does not count a sidecar that is away', async () => {
  known = new Error('away');
  await vi.advanceTimersByTimeAsync(20_000);
  expect(ended).toBe(0);
});
