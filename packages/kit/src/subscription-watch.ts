/**
 * A sidecar asks its app only once what it listens to. If the app was just being restarted, Dapr 1.18.2 goes on without
 * subscriptions for ever, and without a word: such a sidecar is ended, so that the next one asks again.
 */
import type { Dapr } from './dapr.ts';
import type { Log } from './log.ts';
import { startPeriodicWork } from './periodic-work.ts';

export interface SubscriptionWatchOptions {
  dapr: Pick<Dapr, 'subscribedTopics' | 'shutDown'>;
  log: Log;
  /** What the app listens to. */
  topics: readonly string[];
  everyMs?: number;
}

const lookEveryMs = 3_000;
/** A sidecar subscribes a second or two after its app is ready. */
const patience = 3;

/** Looks after the sidecar's subscriptions while the app is ready. */
export function watchSubscriptions(options: SubscriptionWatchOptions): { stop(): Promise<void> } {
  const { dapr, log, topics, everyMs = lookEveryMs } = options;
  let misses = 0;
  return startPeriodicWork({
    name: 'subscriptions',
    everyMs,
    log,
    async work() {
      const subscribed = new Set(await dapr.subscribedTopics());
      misses = topics.every((topic) => subscribed.has(topic)) ? 0 : misses + 1;
      if (misses < patience) return;
      misses = 0;
      log.error('sidecar.deaf', { count: subscribed.size });
      await dapr.shutDown();
    },
  });
}
