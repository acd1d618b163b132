/** Limits on guessing, counted in the database, so that they hold over all replicas. */
import { createHmac } from 'node:crypto';
import { type Database, isCollision } from '@souk/kit/db';
import { refuse } from '@souk/kit/problem';
import { RateLimiterMySQL, RateLimiterRes } from 'rate-limiter-flexible';
import type { IdentityConfig } from './identity-deps.ts';

/** What is counted by: an account as its address was typed, a device that the account knows, a network address. */
export type LimitKind = 'account' | 'device' | 'address';

/** One try. `purpose` keeps logins, registrations and resets apart. */
export interface Try {
  kind: LimitKind;
  purpose: 'login' | 'registration' | 'reset' | 'export';
  of: string;
}

export interface Limits {
  /** Counts a try; refuses with `too-many-requests` and Retry-After. */
  count(attempt: Try): Promise<void>;
  /** Takes a try back: it was not a guess. */
  giveBack(attempt: Try): Promise<void>;
}

const windowSeconds = 60;
/** Two first tries of one key at once may collide; the next attempt meets a row. */
const maxAttempts = 6;

/** `hashKey` keeps mail addresses out of the table. */
export function createLimits(db: Database, config: IdentityConfig, hashKey: string): Limits {
  const limiter = (keyPrefix: LimitKind, points: number) =>
    new RateLimiterMySQL({
      ...{ keyPrefix, points, duration: windowSeconds },
      ...{ storeClient: db, storeType: 'knex', dbName: db.client.config.connection.database },
      ...{ tableName: 'limits', tableCreated: true, clearExpiredByTimeout: false },
    });
  const limiters = {
    account: limiter('account', config.LIMIT_ACCOUNT_PER_MINUTE),
    device: limiter('device', config.LIMIT_DEVICE_PER_MINUTE),
    address: limiter('address', config.LIMIT_ADDRESS_PER_MINUTE),
  };
  const keyOf = ({ kind, purpose, of }: Try) => {
    const named = kind === 'address' ? networkOf(of) : of;
    return `${purpose}:${createHmac('sha256', hashKey).update(named).digest('hex')}`;
  };
  return {
    async count(attempt) {
      const key = keyOf(attempt);
      await untilCounted(() => limiters[attempt.kind].consume(key));
    },
    async giveBack(attempt) {
      await untilCounted(() => limiters[attempt.kind].reward(keyOf(attempt)));
    },
  };
}

async function untilCounted(count: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await count();
      return;
    } catch (error) {
      if (error instanceof RateLimiterRes) {
        refuse('too-many-requests', undefined, {
          retryAfterSeconds: Math.max(1, Math.ceil(error.msBeforeNext / 1_000)),
        });
      }
      if (!isCollision(error) || attempt === maxAttempts) throw error;
    }
  }
}

/** One subscriber of IPv6 has 2^64 addresses: the network counts. */
function networkOf(address: string): string {
  if (!address.includes(':') || /^::ffff:\d+\./i.test(address)) return address;
  const [head = '', tail] = address.toLowerCase().split('::');
  const left = head.split(':').filter((group) => group !== '');
  if (tail === undefined) return left.slice(0, 4).join(':');
  const right = tail.split(':').filter((group) => group !== '');
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  return [...left, ...zeros, ...right].slice(0, 4).join(':');
}

/** Deletes counters whose minute is over, in bounded batches. */
export async function reapLimits(db: Database): Promise<void> {
  await db.raw('DELETE FROM limits WHERE expire < ? LIMIT 5000', [Date.now()]);
}
