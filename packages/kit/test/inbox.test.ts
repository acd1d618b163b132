/** The inbox on a real MariaDB: an effect once per event and consumer, whatever is delivered twice. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '../src/db.ts';
import { newId } from '../src/identifier.ts';
import { firstTime } from '../src/inbox.ts';
import { type KitDatabase, openKitDatabase } from './kit-database.ts';

let schema: KitDatabase;

beforeAll(async () => {
  schema = await openKitDatabase();
});
afterAll(() => schema.close());

/** What a consumer does: the note and the effect in one transaction. */
const consume = (name: string, eventId: string, fails = false) =>
  inTransaction(schema.db, async (tx) => {
    if (!(await firstTime(tx, name, eventId))) return false;
    await tx('counters')
      .insert({ name, n: 1 })
      .onConflict('name')
      .merge({ n: tx.raw('n + 1') });
    if (fails) throw new Error('no');
    return true;
  });
const effectsOf = async (name: string): Promise<number> =>
  (await schema.db('counters').select('n').where({ name }).first())?.n ?? 0;

describe('the inbox', () => {
  it('lets an event through once, and the second time says so', async () => {
    const id = newId();
    expect([await consume('mail', id), await consume('mail', id)]).toEqual([true, false]);
    expect(await effectsOf('mail')).toBe(1);
  });

  it('tells consumers apart, and events', async () => {
    const [one, other] = [newId(), newId()];
    expect(await consume('stock', one)).toBe(true);
    expect(await consume('coupons', one)).toBe(true);
    expect(await consume('stock', other)).toBe(true);
  });

  it('forgets an event whose effect was taken back', async () => {
    const id = newId();
    await consume('close-cart', id, true).catch(() => {});
    expect(await consume('close-cart', id)).toBe(true);
    expect(await effectsOf('close-cart')).toBe(1);
  });

  it('gives one of 20 deliveries at once the effect', async () => {
    const id = newId();
    const first = await Promise.all(Array.from({ length: 20 }, () => consume('at-once', id)));
    expect(first.filter(Boolean)).toHaveLength(1);
    expect(await effectsOf('at-once')).toBe(1);
  });
});
