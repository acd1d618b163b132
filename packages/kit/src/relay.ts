/** The relay: sends outbox rows through the sidecar, in batches, and marks each one sent only after its own result. */

import { guardBroker } from './broker-memory.ts';
import { bulksOf } from './bulks.ts';
import { crashPoint } from './crash-point.ts';
import { type Database, repeatedAfterCollisions, type Transaction } from './db.ts';
import type { Log } from './log.ts';
import type { OutboxRow } from './outbox.ts';

/** What the relay needs of the sidecar. */
export interface Publisher {
  publishBulk(
    topic: string,
    events: { id: string; data: unknown; traceparent?: string }[],
  ): Promise<{ failedIds: string[] }>;
  state(store: string): {
    get(key: string): Promise<{ value: unknown } | null>;
    save(key: string, value: unknown): Promise<unknown>;
  };
}

export interface RelayOptions {
  service: string;
  db: Database;
  dapr: Publisher;
  log: Log;
}

export interface Relay {
  /** Call it after a commit that wrote to the outbox. Never throws, never waits. */
  wake(): void;
  /** Stops after the batch in hand. */
  stop(): Promise<void>;
}

const batchSize = 100;
const pollMs = 1_000;
/** Between two batches: what a busy shop writes meanwhile goes together, and costs one claim, one request, one mark. */
const lingerMs = 150;
const claimMs = 10_000;
const keepHours = 24;
const reapEveryMs = 3_600_000;
/** Rows are sent again from a little before what the broker still knows. */
const resendMarginMs = 5_000;

/** Starts the relay of one process. Several processes may run one each: claims keep them apart. */
export function startRelay(options: RelayOptions): Relay {
  const guard = guardBroker(options);
  let stopped = false;
  let wakeUp = () => {};
  let woken = false;
  let lastReapMs = Date.now();
  // Not of the wall clock: when that is set back, nothing may wait for it.
  let lastBatchMs = Number.NEGATIVE_INFINITY;

  const loop = async () => {
    while (!stopped) {
      const wasWoken = woken;
      if (wasWoken) await pause(lastBatchMs + lingerMs - performance.now());
      woken = false;
      try {
        await guard.check((sinceMs) => markUnsentSince(options, sinceMs - resendMarginMs));
        if (wasWoken || (await hasUnsent(options.db))) {
          while (!stopped && (await sendBatch(options, guard.noteSent)) === batchSize);
          lastBatchMs = performance.now();
        }
        if (Date.now() - lastReapMs > reapEveryMs) {
          lastReapMs = Date.now();
          await deleteOld(options.db);
        }
      } catch (error) {
        options.log.warn('relay.failed', { reason: (error as Error).message });
      }
      if (!woken && !stopped) await sleepUntilWoken();
    }
  };

  const sleepUntilWoken = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pollMs);
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const wake = () => {
    woken = true;
    wakeUp();
  };
  const running = loop();
  return {
    wake,
    async stop() {
      stopped = true;
      wake();
      await running;
    },
  };
}

/** The first event after a quiet time does not wait at all. */
const pause = (ms: number) => (ms > 0 ? new Promise((resolve) => setTimeout(resolve, ms)) : undefined);

/** A look that costs one statement and locks nothing: what a relay does most of the time is find nothing. */
async function hasUnsent(db: Database): Promise<boolean> {
  return (await db('outbox').select('id').whereNull('sent_at').first()) !== undefined;
}

/** Sends one batch; answers how many rows were claimed. */
async function sendBatch(
  { service, db, dapr, log }: RelayOptions,
  noteSent: () => Promise<void>,
): Promise<number> {
  const rows = await repeatedAfterCollisions(() =>
    db.transaction(claim, { isolationLevel: 'read committed' }),
  );
  if (rows.length === 0) return 0;
  crashPoint(`${service}.relay.before-publish`);
  const sent: string[] = [];
  for (const [topic, bulk] of bulksOf(rows)) {
    const events = bulk.map(({ id, data, traceparent }) => ({
      id,
      data: JSON.parse(data),
      ...(traceparent ? { traceparent } : {}),
    }));
    const { failedIds } = await dapr.publishBulk(topic, events).catch((error: Error) => {
      log.warn('relay.publish-failed', { topic, count: events.length, reason: error.message });
      return { failedIds: events.map(({ id }) => id) };
    });
    sent.push(...events.map(({ id }) => id).filter((id) => !failedIds.includes(id)));
  }
  crashPoint(`${service}.relay.after-publish`);
  if (sent.length > 0) {
    // What is sent and not marked would be sent again: another relay that claims rows may be in the way.
    await repeatedAfterCollisions(() =>
      db('outbox')
        .whereIn('id', sent)
        .update({ sent_at: db.raw('UTC_TIMESTAMP(6)'), claimed_until: null }),
    );
    await noteSent();
  }
  // A row that failed stays claimed and comes back when its claim runs out: a broker that is away is not hammered.
  return sent.length === rows.length ? rows.length : 0;
}

/** READ COMMITTED, because a range that is locked with its gaps would make writers of new events wait. */
async function claim(tx: Transaction): Promise<OutboxRow[]> {
  const rows: OutboxRow[] = await tx('outbox')
    .select('id', 'topic', 'data', 'traceparent')
    .whereNull('sent_at')
    .andWhere((free) =>
      free.whereNull('claimed_until').orWhere('claimed_until', '<', tx.raw('UTC_TIMESTAMP(6)')),
    )
    .orderBy('id')
    .limit(batchSize)
    .forUpdate()
    .skipLocked();
  if (rows.length > 0) {
    await tx('outbox')
      .whereIn(
        'id',
        rows.map(({ id }) => id),
      )
      .update({ claimed_until: tx.raw('UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND', [claimMs * 1_000]) });
  }
  return rows;
}

/**
 * After the broker lost its memory: whatever was sent since then is sent again; inboxes drop what they know. It goes by
 * the time of sending: an event may have waited in the outbox for long before the broker took it.
 */
async function markUnsentSince({ db, log }: RelayOptions, sinceMs: number): Promise<void> {
  const count = await db('outbox')
    .where('sent_at', '>=', new Date(sinceMs))
    .update({ sent_at: null, claimed_until: null });
  log.warn('relay.broker-forgot', { count });
}

async function deleteOld(db: Database): Promise<void> {
  await db.raw('DELETE FROM outbox WHERE sent_at < UTC_TIMESTAMP(6) - INTERVAL ? HOUR LIMIT 5000', [
    keepHours,
  ]);
  await db.raw('DELETE FROM inbox WHERE created_at < UTC_TIMESTAMP(6) - INTERVAL 7 DAY LIMIT 5000');
}
