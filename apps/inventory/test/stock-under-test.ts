/** Inventory on a real database, with the questions that its tests ask. */
import type { Line } from '@souk/contracts/identifiers';
import type { ReceivedEvent } from '@souk/kit/dapr-subscribe';
import { type Database, inTransaction } from '@souk/kit/db';
import { newId } from '@souk/kit/identifier';
import type { Deps } from '@souk/kit/service';
import { openTestDatabase } from '../../../test/support/database.ts';
import { receiveStock } from '../src/receive-stock.ts';

export type StockDeps = Pick<Deps, 'db' | 'log' | 'newId' | 'wakeRelay'>;

export interface StockUnderTest {
  deps: StockDeps;
  /** Puts pieces on the shelf, by the front door. */
  fill(levels: Record<string, number>): Promise<void>;
  level(sku: string): Promise<{ onHand: number; reserved: number; version: number }>;
  /** Names of the alarms that were logged. */
  alarms: string[];
  close(): Promise<void>;
}

export async function openStock(): Promise<StockUnderTest> {
  const { db, close } = await openTestDatabase('inventory');
  const alarms: string[] = [];
  const error = (event: string) => void alarms.push(event);
  const deps = { db, log: { info() {}, warn() {}, debug() {}, error }, newId, wakeRelay() {} };
  return {
    deps,
    alarms,
    close,
    async fill(levels) {
      await inTransaction(db, async (tx) => {
        for (const [sku, quantity] of Object.entries(levels))
          await receiveStock(tx, { id: newId(), sku, quantity });
      });
    },
    async level(sku) {
      const row = await db('stock_levels').select('on_hand', 'reserved', 'version').where({ sku }).first();
      return { onHand: row.on_hand, reserved: row.reserved, version: row.version };
    },
  };
}

/** An event of an order, new unless `id` says which. */
export function orderEvent(
  type: 'order.confirmed' | 'order.cancelled',
  orderId: string,
  id = newId(),
): ReceivedEvent {
  const at = new Date().toISOString();
  return { id, type, at, subject: orderId, version: 1, payload: { orderId }, traceparent: undefined };
}

/** One line of an order. */
export const line = (sku: string, quantity = 1): Line => ({ sku, quantity });

/** Asks until there is an answer: on a slow machine a crowd waits for connections for longer than one of it may. */
export async function persistently<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if ((error as Error).name !== 'KnexTimeoutError') throw error;
    }
  }
}

/** Breaches of the two laws of inventory, as sentences; none is what every test wants. */
export async function breaches(db: Database): Promise<string[]> {
  const [rows] = await db.raw(`
    SELECT s.sku, s.on_hand, s.reserved,
      (SELECT COALESCE(SUM(delta), 0) FROM stock_movements m WHERE m.sku = s.sku) AS booked,
      (SELECT COALESCE(SUM(l.quantity), 0) FROM reservation_lines l
        JOIN reservations r ON r.order_id = l.order_id AND r.state = 'reserved' WHERE l.sku = s.sku) AS held
    FROM stock_levels s`);
  return rows.flatMap(
    (row: { sku: string; on_hand: number; reserved: number; booked: number; held: number }) => [
      ...(row.on_hand === row.booked
        ? []
        : [`${row.sku}: ${row.on_hand} on hand, but ${row.booked} were booked`]),
      ...(row.reserved === row.held
        ? []
        : [`${row.sku}: ${row.reserved} reserved, but ${row.held} are held`]),
    ],
  );
}

/** How many statements `work` sends, BEGIN and COMMIT included. */
export async function countStatements(db: Database, work: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const counted = () => {
    count += 1;
  };
  db.on('query', counted);
  await work().finally(() => db.off('query', counted));
  return count;
}
