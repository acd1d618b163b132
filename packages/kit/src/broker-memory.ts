/** Notices that the broker has lost what it acknowledged: a mark kept in the same Redis is gone or older than ours. */
import type { Database } from './db.ts';
import type { RelayOptions } from './relay.ts';

const checkEveryMs = 1_000;
/** As long as the outbox keeps what was sent: when the mark is gone, all of it is sent again. */
const keepMs = 24 * 60 * 60 * 1_000;

export interface BrokerGuard {
  /** At most once a second: calls `resend` with the time (ms since the epoch) from which on the broker forgot, if it did. */
  check(resend: (sinceMs: number) => Promise<void>): Promise<void>;
  /** Writes the mark behind a batch that the broker acknowledged. Never throws. */
  noteSent(): Promise<void>;
}

/**
 * The mark is a time, written behind each batch into the same append-only Redis and read back once a second: if the
 * batch was lost, so was the mark behind it. A mark that could not be written counts as lost. All processes of a service
 * share one; an older mark of a slow twin only makes us send a few events twice.
 */
export function guardBroker({ service, db, dapr, log }: RelayOptions): BrokerGuard {
  const key = `relay-mark:${service}`;
  const store = dapr.state('brokerstate');
  let ownMs: number | undefined;
  let marked = false;
  let lastCheckMs = 0;

  const writeMark = async () => {
    // Before it is written: should that fail, the mark that survives is older than ours.
    ownMs = Date.now();
    await store.save(key, ownMs);
    marked = true;
  };

  /** The mark that the broker still has, and whether it is older than what we wrote. */
  const look = async () => {
    ownMs ??= await lastSentMs(db);
    const survivingMs = (await store.get(key))?.value as number | undefined;
    return { survivingMs, forgot: ownMs > 0 && (survivingMs ?? 0) < ownMs };
  };

  return {
    async check(resend) {
      const nowMs = Date.now();
      if (nowMs - lastCheckMs < checkEveryMs) return;
      lastCheckMs = nowMs;
      const { survivingMs, forgot } = await look();
      if (forgot) await resend(survivingMs ?? nowMs - keepMs);
      if (forgot || !marked) await writeMark();
    },
    async noteSent() {
      try {
        // An older mark is the only trace of what was lost: it stays until the next check has seen it.
        if (!(await look()).forgot) await writeMark();
      } catch (error) {
        log.warn('relay.mark-failed', { reason: (error as Error).message });
      }
    },
  };
}

/** After a restart the outbox itself says until when the broker acknowledged. */
async function lastSentMs(db: Database): Promise<number> {
  const row = await db('outbox').max({ at: 'sent_at' }).first();
  return row?.at ? new Date(row.at).getTime() : 0;
}
