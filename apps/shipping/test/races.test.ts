/** Dispatch against cancel, five hundred times, as two processes with pools of their own: the row decides, once. */
import { openDatabase } from '@souk/kit/db';
import { newId } from '@souk/kit/identifier';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { adminAccount } from '../../../tools/platform/mariadb-admin.ts';
import { openShipping, shippingOver } from './shipping-under-test.ts';

const races = 500;
const atOnce = 10;

let here: Awaited<ReturnType<typeof openShipping>>;
let there: Awaited<ReturnType<typeof shippingOver>>;
let close = async () => {};
beforeAll(async () => {
  here = await openShipping();
  const { database } = here.db.client.config.connection;
  const second = openDatabase({ ...adminAccount(), database, poolSize: 10 });
  there = await shippingOver(second);
  close = async () => {
    await second.destroy();
    await here.close();
  };
});
afterAll(() => close());

/** A dispatch has more to do before it comes to the row; set so that each wins half of the races, which is where they meet. */
let headStartMs = 10;

/** Orders asks again when it is told "not now", so the race ends with a yes or a no. */
async function stop(orderId: string) {
  for (;;) {
    const answer = await there.cancel(orderId);
    if (answer.status !== 503) return answer;
  }
}

/** Opens, dispatches and stops one order at once; answers who was told to have won. */
async function race(): Promise<{ orderId: string; winner: 'dispatch' | 'cancel' }> {
  const orderId = newId();
  const early = Math.random() < 0.2;
  if (!early) await here.open(orderId);
  const headStart = new Promise((resolve) => setTimeout(resolve, Math.max(0, headStartMs)));
  const [dispatched, cancelled] = await Promise.all([
    here.dispatch(orderId),
    headStart.then(() => stop(orderId)),
    early ? there.open(orderId) : undefined,
  ]);
  const won = [dispatched.status === 200 && 'dispatch', cancelled.status === 200 && 'cancel'].filter(Boolean);
  expect(won).toHaveLength(1);
  if (cancelled.status !== 200) expect(cancelled.body.code).toBe('already-dispatched');
  headStartMs += won[0] === 'cancel' ? 1 : -1;
  if (won[0] === 'cancel') expect(['shipment-cancelled', 'not-found']).toContain(dispatched.body.code);
  return { orderId, winner: won[0] as 'dispatch' | 'cancel' };
}

it('one of both wins, and nothing is sent that was stopped', async () => {
  const winners = new Map<string, 'dispatch' | 'cancel'>();
  for (let done = 0; done < races; done += atOnce) {
    const ended = await Promise.all(Array.from({ length: atOnce }, race));
    for (const { orderId, winner } of ended) winners.set(orderId, winner);
  }
  const dispatched = [...winners].filter(([, winner]) => winner === 'dispatch').map(([orderId]) => orderId);
  // Both must have happened often, or nothing was raced for.
  expect(dispatched.length).toBeGreaterThan(races / 10);
  expect(dispatched.length).toBeLessThan((races * 9) / 10);
  const rows = await here.db('shipments').select('order_id', 'state');
  expect(new Map(rows.map((row) => [row.order_id, row.state]))).toEqual(
    new Map([...winners].map(([id, winner]) => [id, winner === 'cancel' ? 'cancelled' : 'dispatched'])),
  );
  const told = await here.db('outbox').select('subject', 'topic');
  expect(new Set(told.map(({ topic }) => topic))).toEqual(new Set(['shipment.dispatched']));
  expect(told.map(({ subject }) => subject).sort()).toEqual(dispatched.sort());
}, 240_000);
