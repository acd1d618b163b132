/**
 * Tells listeners in this process of new rows, whichever process wrote them: the truth is in the database, asked for all
 * watched subjects at once, and only while somebody listens.
 */
import type { Log } from './log.ts';
import { refuse } from './problem.ts';

export interface RowListener<Row> {
  /** Called with every row, some of them more than once: the listener knows what it has had. */
  hear(row: Row): void;
  /** Called when this process stops. */
  end(): void;
}

export interface RowWatch<Row> {
  /** Refuses with `unavailable` when too many listen already. Answers how to stop. */
  add(subject: string, listener: RowListener<Row>): () => void;
  /** Ends all listeners, and the asking. */
  stop(): Promise<void>;
}

export interface RowWatchOptions<Row> {
  /** Rows of these subjects that are not older than `withinMs` by the database's clock, in their order. */
  read(subjects: string[], withinMs: number): Promise<(Row & { subject: string })[]>;
  log: Log;
}

const everyMs = 400;
/** A row is seen at its commit, up to some seconds after it was written: each look goes back this far. */
const overlapMs = 10_000;
const maxListeners = 500;
const maxOfSubject = 10;
const comeAgainSeconds = 5;

/** Makes the watch of a process. */
export function watchRows<Row>({ read, log }: RowWatchOptions<Row>): RowWatch<Row> {
  const listeners = new Map<string, Set<RowListener<Row>>>();
  let count = 0;
  let stopped = false;
  let wakeUp = () => {};
  let asking: Promise<void> | undefined;

  const look = async (sinceMs: number) => {
    const rows = await read([...listeners.keys()], Date.now() - sinceMs + overlapMs);
    for (const row of rows) for (const listener of listeners.get(row.subject) ?? []) listener.hear(row);
  };
  const ask = async () => {
    // What failed is caught up with: the next look goes back to the last one that went well.
    let lookedMs = Date.now();
    while (!stopped && count > 0) {
      await pause();
      if (stopped || count === 0) break;
      const startedMs = Date.now();
      await look(lookedMs).then(
        () => {
          lookedMs = startedMs;
        },
        (error: Error) => log.warn('watch.failed', { reason: error.message }),
      );
    }
    asking = undefined;
  };
  const pause = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, everyMs);
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  return {
    add(subject, listener) {
      const own = listeners.get(subject) ?? new Set();
      if (stopped || count >= maxListeners || own.size >= maxOfSubject) {
        refuse('unavailable', 'Too many listen at the moment.', { retryAfterSeconds: comeAgainSeconds });
      }
      listeners.set(subject, own.add(listener));
      count += 1;
      asking ??= ask();
      return () => {
        if (!own.delete(listener)) return;
        count -= 1;
        if (own.size === 0) listeners.delete(subject);
      };
    },
    async stop() {
      stopped = true;
      wakeUp();
      for (const own of [...listeners.values()]) for (const listener of [...own]) listener.end();
      await asking;
    },
  };
}
