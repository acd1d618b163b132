/** The audit log on a real MariaDB: the database keeps it append only, and the chain tells what was done past that. */
import { inTransaction } from '@souk/kit/db';
import { newId } from '@souk/kit/identifier';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appendAudit, type Change, firstBrokenRow } from '../src/audit.ts';
import { type BackOfficeDatabase, openBackOfficeDatabase } from './back-office-database.ts';

let office: BackOfficeDatabase;
beforeAll(async () => {
  office = await openBackOfficeDatabase();
});
afterAll(() => office?.close());
beforeEach(() => office.db.raw('TRUNCATE TABLE audit_log'));

const change = (part: Partial<Change> = {}): Change => ({
  actor: newId(),
  action: 'price.changed',
  entity: 'price',
  entityId: 'SOAP-1',
  before: { amount: 690 },
  after: { amount: 750, name: 'Säge „ø“ 🪚 \u0000 \ud800' },
  ...part,
});
const append = (part?: Partial<Change>) => inTransaction(office.db, (tx) => appendAudit(tx, change(part)));
const sequence = () => office.db('audit_log').orderBy('seq').pluck('seq');

async function fill(count: number): Promise<void> {
  for (let row = 0; row < count; row += 1) await append({ entityId: `ROW-${row}` });
}

describe('the audit log', () => {
  it('holds when it is empty, and after any change that staff can make', async () => {
    expect(await firstBrokenRow(office.db)).toBeUndefined();
    await append();
    await append({ before: null, after: null });
    await append({ before: undefined, after: [1, 'two', { three: null }] });
    await append({ before: 0, after: false });
    expect(await firstBrokenRow(office.db)).toBeUndefined();
  });

  it('is one chain also when fifty write at once', async () => {
    await Promise.all(Array.from({ length: 50 }, () => append()));
    expect(await sequence()).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    expect(await firstBrokenRow(office.db)).toBeUndefined();
  });

  it('has no row of a change that was undone, and no gap after it', async () => {
    await append();
    const undone = inTransaction(office.db, async (tx) => {
      await appendAudit(tx, change());
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    await append();
    expect(await sequence()).toEqual([1, 2]);
  });

  it('takes no change that it could not hold whole', async () => {
    const refusal = { code: 'body-too-large' };
    await expect(append({ after: 'x'.repeat(65_534) })).rejects.toMatchObject(refusal);
    // Bytes count, not letters.
    await expect(append({ after: 'ж'.repeat(40_000) })).rejects.toMatchObject(refusal);
    expect(await sequence()).toEqual([]);
    await append({ after: 'x'.repeat(65_533) });
    expect(await sequence()).toEqual([1]);
  });

  it('is checked beyond one batch', async () => {
    await inTransaction(office.db, async (tx) => {
      for (let row = 0; row < 510; row += 1) await appendAudit(tx, change());
    });
    expect(await firstBrokenRow(office.db)).toBeUndefined();
    await attack(() => office.db('audit_log').where({ seq: 505 }).update({ entity_id: 'OTHER' }));
    expect(await firstBrokenRow(office.db)).toEqual({ seq: 505 });
  });

  it.each([
    ['change', () => office.db('audit_log').where({ seq: 1 }).update({ actor: newId() })],
    ['delete', () => office.db('audit_log').where({ seq: 1 }).delete()],
  ])('lets nobody %s a row', async (_what, attempt) => {
    await fill(2);
    await expect(attempt()).rejects.toThrow('the audit log is append only');
    expect(await firstBrokenRow(office.db)).toBeUndefined();
  });
});

const triggers = ['audit_log_no_update', 'audit_log_no_delete'];

/** What somebody with all rights can do: the triggers go first, and stand again afterwards. */
async function attack(work: () => PromiseLike<unknown>): Promise<void> {
  const bodies = await Promise.all(
    triggers.map(async (name) => {
      const [rows] = await office.db.raw('SHOW CREATE TRIGGER ??', [name]);
      return rows[0]['SQL Original Statement'] as string;
    }),
  );
  for (const name of triggers) await office.db.raw('DROP TRIGGER ??', [name]);
  try {
    await work();
  } finally {
    for (const body of bodies) await office.db.raw(body);
  }
}

/** A row as an attacker would write it who does not mind the hashes. */
const forged = (seq: number, part: object = {}) => ({
  id: newId(),
  seq,
  at: new Date(),
  actor: newId(),
  action: 'price.changed',
  entity: 'price',
  entity_id: 'SOAP-1',
  previous_hash: 'f'.repeat(64),
  hash: 'e'.repeat(64),
  ...part,
});

const hashOf = async (seq: number): Promise<string> =>
  (await office.db('audit_log').select('hash').where({ seq }).first()).hash;

const moveUp = (from: number) =>
  office.db.raw('UPDATE audit_log SET seq = seq + 1 WHERE seq >= ? ORDER BY seq DESC', [from]);

describe('somebody with all rights over the database', () => {
  const strangers: [string, unknown][] = [
    ['id', newId()],
    ['at', new Date('2020-01-01T00:00:00Z')],
    ['actor', newId()],
    ['action', 'price.chosen'],
    ['entity', 'stock'],
    ['entity_id', 'OTHER'],
    ['change_before', '{"amount":1}'],
    ['change_before', null],
    ['change_after', '{"amount":1}'],
    ['trace_id', 'a'.repeat(32)],
    ['previous_hash', 'a'.repeat(64)],
    ['hash', 'a'.repeat(64)],
    ['seq', 9],
  ];

  it.each(strangers)('cannot change %s of a row without being found (%#)', async (column, value) => {
    for (const seq of [1, 2, 3]) {
      await office.db.raw('TRUNCATE TABLE audit_log');
      await fill(3);
      await attack(() =>
        office
          .db('audit_log')
          .where({ seq })
          .update({ [column]: value }),
      );
      expect(await firstBrokenRow(office.db)).toBeDefined();
    }
  });

  it.each([1, 2, 3])('cannot delete row %i before the last without being found', async (seq) => {
    await fill(4);
    await attack(() => office.db('audit_log').where({ seq }).delete());
    expect(await firstBrokenRow(office.db)).toBeDefined();
  });

  it('cannot delete a row and close the gap without being found', async () => {
    await fill(4);
    await attack(async () => {
      await office.db('audit_log').where({ seq: 2 }).delete();
      await office.db.raw('UPDATE audit_log SET seq = seq - 1 WHERE seq > 2 ORDER BY seq');
      await office
        .db('audit_log')
        .where({ seq: 2 })
        .update({ previous_hash: await hashOf(1) });
    });
    expect(await firstBrokenRow(office.db)).toEqual({ seq: 2 });
  });

  it('cannot delete a row and cover it by the next change without being found', async () => {
    await fill(3);
    await attack(() => office.db('audit_log').where({ seq: 2 }).delete());
    await append();
    expect(await firstBrokenRow(office.db)).toEqual({ seq: 3 });
  });

  it('cannot exchange two rows without being found', async () => {
    await fill(3);
    await attack(async () => {
      for (const [from, to] of [
        [1, 9],
        [2, 1],
        [9, 2],
      ] as const)
        await office.db('audit_log').where({ seq: from }).update({ seq: to });
    });
    expect(await firstBrokenRow(office.db)).toEqual({ seq: 1 });
  });

  it.each([1, 2, 3])('cannot insert a row at place %i without being found', async (seq) => {
    await fill(3);
    await attack(async () => {
      await moveUp(seq);
      await office.db('audit_log').insert(forged(seq));
    });
    expect(await firstBrokenRow(office.db)).toEqual({ seq });
  });

  it('cannot insert a row before the first or behind the last without being found', async () => {
    await fill(2);
    await office.db('audit_log').insert(forged(3, { previous_hash: await hashOf(2) }));
    expect(await firstBrokenRow(office.db)).toEqual({ seq: 3 });
    await office.db.raw('TRUNCATE TABLE audit_log');
    await fill(2);
    await office.db('audit_log').insert(forged(0));
    expect(await firstBrokenRow(office.db)).toEqual({ seq: 0 });
  });

  it('cannot fork the chain at all', async () => {
    await fill(2);
    const fork = office.db('audit_log').insert(forged(3, { previous_hash: await hashOf(1) }));
    await expect(fork).rejects.toMatchObject({ errno: 1062 });
  });
});
