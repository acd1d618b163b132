/** Admission to work that uses up the machine: a few at once, a bounded queue, and an early "not now" for the rest. */
import PQueue from 'p-queue';
import { Refusal } from './problem.ts';

export interface AdmissionOptions {
  /** How many are worked on at once. */
  atOnce: number;
  /** How many may wait; the next one is refused at once. */
  maxWaiting: number;
  /** How long one may wait before it is refused. */
  maxWaitMs: number;
}

export interface Admission {
  /** Runs `work` when it is its turn; refuses with `too-many-requests` and Retry-After if that would take too long. */
  admit<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * Work that overlaps without limit makes every step of each slower until all of them run out of time; in turns, as many
 * get through as the machine can do, each within its time. Whoever is refused has lost nothing and may come again.
 */
export function createAdmission({ atOnce, maxWaiting, maxWaitMs }: AdmissionOptions): Admission {
  const queue = new PQueue({ concurrency: atOnce });
  // Not 503: to the mesh that is a process that is ill, which it takes out.
  const busy = () => new Refusal('too-many-requests', 'Too many at once.', { retryAfterSeconds: 1 });
  return {
    async admit(work) {
      if (queue.size >= maxWaiting) throw busy();
      // Only waiting is cut off: work that has begun keeps its own deadlines.
      const waiting = new AbortController();
      const timer = setTimeout(() => waiting.abort(busy()), maxWaitMs);
      const begin = () => {
        clearTimeout(timer);
        return work();
      };
      return queue.add(begin, { signal: waiting.signal });
    },
  };
}
