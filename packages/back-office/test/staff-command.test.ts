/** A change by staff: effect, audit row and stored answer are there together, or none of them is. */
import { randomUUID } from 'node:crypto';
import { nobody } from '@souk/kit/auth';
import { newId } from '@souk/kit/identifier';
import { refuse } from '@souk/kit/problem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firstBrokenRow } from '../src/audit.ts';
import { changeByStaff, createByStaff } from '../src/staff-command.ts';
import {
  type BackOfficeDatabase,
  countOf,
  increment,
  openBackOfficeDatabase,
  staffInput,
} from './back-office-database.ts';

let office: BackOfficeDatabase;
beforeAll(async () => {
  office = await openBackOfficeDatabase();
});
afterAll(() => office?.close());

const auditOf = (name: string) =>
  office
    .db('audit_log')
    .select('actor', 'change_before', 'change_after')
    .where({ entity_id: name })
    .orderBy('seq');
const keysLike = (key: string) =>
  office.db('idempotency_keys').where({ idempotency_key: key }).pluck('status');

describe('a command with a key', () => {
  it('that is sent twenty times at once is done once, and answers all of them the same', async () => {
    const input = staffInput({ key: randomUUID() });
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => createByStaff(office.deps, input, (tx) => increment(tx, 'once'))),
    );
    expect(answers.map(({ status, body }) => ({ status, body }))).toEqual(
      Array(20).fill({ status: 201, body: { n: 1 } }),
    );
    expect(await countOf(office.db, 'once')).toBe(1);
    expect(await auditOf('once')).toHaveLength(1);
  });

  it.each([
    ['another body', { body: { by: 2 } }],
    ['no body', { body: undefined }],
    ['another place', { url: '/admin/counters/b/increments' }],
  ])('is refused when it comes again with %s', async (_what, other) => {
    const [actor, key, name] = [newId(), randomUUID(), newId()];
    const send = (given: object) =>
      createByStaff(office.deps, staffInput({ actor, key, ...given }), (tx) => increment(tx, name));
    await send({});
    await expect(send(other)).rejects.toMatchObject({ code: 'idempotency-key-reused' });
    expect(await countOf(office.db, name)).toBe(1);
  });

  it('meets nobody else who has made the same key', async () => {
    const [key, name] = [randomUUID(), newId()];
    for (const actor of [newId(), newId()])
      await createByStaff(office.deps, staffInput({ actor, key }), (tx) => increment(tx, name));
    expect(await countOf(office.db, name)).toBe(2);
  });

  it('leaves nothing of a failure, and may be sent again with the same key', async () => {
    const [input, name] = [staffInput({ key: randomUUID() }), newId()];
    const failing = createByStaff(office.deps, input, async (tx) => {
      await increment(tx, name);
      return refuse('stock-too-low');
    });
    await expect(failing).rejects.toMatchObject({ code: 'stock-too-low' });
    expect(await countOf(office.db, name)).toBe(0);
    expect(await auditOf(name)).toEqual([]);
    expect(await keysLike(input.headers['idempotency-key']!)).toEqual([]);
    expect((await createByStaff(office.deps, input, (tx) => increment(tx, name))).body).toEqual({ n: 1 });
  });

  it('has no effect without its audit row', async () => {
    const [input, name] = [staffInput({ key: randomUUID() }), newId()];
    const unheard = createByStaff(office.deps, input, async (tx) => {
      const { change, reply } = await increment(tx, name);
      return { change: { ...change!, after: 'x'.repeat(70_000) }, reply };
    });
    await expect(unheard).rejects.toThrow('too large');
    expect(await countOf(office.db, name)).toBe(0);
    expect(await keysLike(input.headers['idempotency-key']!)).toEqual([]);
  });

  it('is asked for its key', async () => {
    const keyless = createByStaff(office.deps, staffInput(), (tx) => increment(tx, 'keyless'));
    await expect(keyless).rejects.toMatchObject({ code: 'idempotency-key-required' });
    expect(await countOf(office.db, 'keyless')).toBe(0);
  });
});

describe('a change that may be repeated', () => {
  it('is noted with who made it, what was and what is, and the relay is woken', async () => {
    const actor = newId();
    const before = office.wakes();
    await changeByStaff(office.deps, staffInput({ actor }), (tx) => increment(tx, 'noted'));
    expect(await auditOf('noted')).toEqual([{ actor, change_before: '0', change_after: '1' }]);
    expect(office.wakes()).toBe(before + 1);
  });

  it('is not noted when nothing changed', async () => {
    const answer = await changeByStaff(office.deps, staffInput(), async () => ({
      reply: { status: 200, body: 'as it was' },
    }));
    expect(answer.body).toBe('as it was');
  });

  it('leaves nothing when it fails, and wakes nobody', async () => {
    const before = office.wakes();
    const failing = changeByStaff(office.deps, staffInput(), async (tx) => {
      await increment(tx, 'failed');
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect([await countOf(office.db, 'failed'), await auditOf('failed'), office.wakes()]).toEqual([
      0,
      [],
      before,
    ]);
  });

  it('made fifty times at once is fifty changes in one chain', async () => {
    await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        changeByStaff(office.deps, staffInput(), (tx) => increment(tx, `rush-${index % 5}`)),
      ),
    );
    expect(await countOf(office.db, 'rush-3')).toBe(10);
    expect((await auditOf('rush-3')).map(({ change_after }) => Number(change_after))).toEqual(
      Array.from({ length: 10 }, (_, index) => index + 1),
    );
    expect(await firstBrokenRow(office.db)).toBeUndefined();
  });

  it.each([
    ['nobody', nobody],
    ['a customer', { kind: 'customer', id: newId(), sessionId: newId(), roles: ['owner'] } as const],
  ])('is not for %s', async (_who, caller) => {
    const refused = changeByStaff(office.deps, staffInput({ caller }), (tx) => increment(tx, 'forbidden'));
    await expect(refused).rejects.toMatchObject({ code: 'forbidden' });
    expect(await countOf(office.db, 'forbidden')).toBe(0);
  });
});
