// Promises that a webhook once queued is kept on the disk until it was accepted or has had its last try.
import type { DatabaseSync } from 'node:sqlite';

export interface Delivery {
  id: number;
  eventId: string;
  body: string;
  attempts: number;
}
export type DeliveryStore = ReturnType<typeof openDeliveryStore>;

/** The queue over the provider's own file, so that a payment's change and its webhook commit together. */
export function openDeliveryStore(db: DatabaseSync) {
  const add = db.prepare(`INSERT INTO deliveries (eventId, body, state, attempts, dueAtMs)
    VALUES ($eventId, $body, 'pending', 0, $dueAtMs)`);
  const due = db.prepare(`SELECT id, eventId, body, attempts FROM deliveries
    WHERE state = 'pending' AND dueAtMs <= ? ORDER BY dueAtMs, id LIMIT ?`);
  const update = db.prepare(
    'UPDATE deliveries SET state = ?, attempts = attempts + 1, dueAtMs = ? WHERE id = ?',
  );
  const count = db.prepare('SELECT COUNT(*) AS n FROM deliveries WHERE state = ?');
  const next = db.prepare("SELECT MIN(dueAtMs) AS atMs FROM deliveries WHERE state = 'pending'");
  const forget = db.prepare("DELETE FROM deliveries WHERE state <> 'pending' AND dueAtMs < ?");
  return {
    enqueue: (delivery: { eventId: string; body: string; dueAtMs: number }): void =>
      void add.run({ ...delivery }),
    due: (nowMs: number, limit: number) => due.all(nowMs, limit) as unknown as Delivery[],
    delivered: (id: number, atMs: number): void => void update.run('delivered', atMs, id),
    failed: (id: number, atMs: number): void => void update.run('failed', atMs, id),
    postpone: (id: number, dueAtMs: number): void => void update.run('pending', dueAtMs, id),
    countOf: (state: 'pending' | 'failed') => (count.get(state) as { n: number }).n,
    nextDueAtMs: () => (next.get() as { atMs: number | null }).atMs,
    forgetFinishedBefore: (atMs: number): void => void forget.run(atMs),
  };
}
