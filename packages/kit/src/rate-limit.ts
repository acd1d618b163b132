/** How often somebody may come, counted in this process alone: enough to keep one from crowding out the rest. */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { refuse } from './problem.ts';

/** Counts one; refuses with `too-many-requests` and Retry-After. */
export type RateLimit = (name: string) => Promise<void>;

/** Lets each name come `perMinute` times a minute. */
export function limitRate(perMinute: number): RateLimit {
  const limiter = new RateLimiterMemory({ points: perMinute, duration: 60 });
  return async (name) => {
    try {
      await limiter.consume(name);
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      const retryAfterSeconds = Math.max(1, Math.ceil(error.msBeforeNext / 1_000));
      refuse('too-many-requests', undefined, { retryAfterSeconds });
    }
  };
}

/** Who has an IPv6 address has 2^64 of them: they count as one. */
export function networkOf(address: string): string {
  const text = address.toLowerCase().replace(/^::ffff:(?=\d+\.)/, '');
  if (!text.includes(':')) return text;
  const [head = '', tail] = text.split('%')[0]!.split('::');
  const split = (part: string) => (part === '' ? [] : part.split(':'));
  const [groups, after] = [split(head), split(tail ?? '')];
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - groups.length - after.length);
  return [...groups, ...Array<string>(zeros).fill('0'), ...after]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
