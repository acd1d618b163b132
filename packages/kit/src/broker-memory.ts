/** Notices that the broker has lost what it acknowledged: a mark kept in the same Redis is gone or older than ours. */
import type { Database } from './db.ts';
import type { Publisher } from './relay.ts';

const checkEveryMs = 1_000;
/** As long as the outbox keeps what was sent: when the mark is gone, all of it is sent again. */
const keepMs = 24 * 60 * 60 * 1_000;

export interface BrokerGuard {
  /** Time (ms since the epoch) from which on the broker forgot, or undefined while it remembers. */
  check(): Promise<number | undefined>;
  /** Tell it after each batch that the broker acknowledged. */
  noteSent(): void;
}

/**
 * The mark is the time of our last write to it, written after sending and read back, both at most once a second. All
 * processes of a service share it: an older mark of a slow twin only makes us send a few events twice.
 */
export function guardBroker({
  service,
  db,
  dapr,
}: {
  service: string;
  db: Database;
  dapr: Publisher;
}): BrokerGuard {
  const key = `relay-mark:${service}`;
  const store = dapr.state('brokerstate');
  let ownMs: number | undefined;
  let pending = true;
  let lastCheckMs = 0;

  return {
    async check() {
      const nowMs = Date.now();
      if (nowMs - lastCheckMs < checkEveryMs) return undefined;
      lastCheckMs = nowMs;
      ownMs ??= await lastSentMs(db);
      const survivingMs = (await store.get(key))?.value as number | undefined;
      const forgot = ownMs > 0 && (survivingMs ?? 0) < ownMs;
      if (pending || forgot) {
        await store.save(key, nowMs);
        ownMs = nowMs;
        pending = false;
      }
      return forgot ? (survivingMs ?? nowMs - keepMs) : undefined;
    },
    noteSent() {
      pending = true;
    },
  };
}

/** After a restart the outbox itself says until when the broker acknowledged; less a second, the mark's own period. */
async function lastSentMs(db: Database): Promise<number> {
  const row = await db('outbox').max({ at: 'sent_at' }).first();
  return row?.at ? new Date(row.at).getTime() - 2 * checkEveryMs : 0;
}
