/** kit's database on a real MariaDB: session settings, collisions that are repeated whole, waits that end. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { adminAccount } from '../../../tools/platform/mariadb-admin.ts';
import { inTransaction, isCollision, isDuplicate, openDatabase, pingDatabase } from '../src/db.ts';
import { asRefusal } from '../src/problem.ts';
import { freePorts } from './free-ports.ts';
import { type KitDatabase, openKitDatabase } from './kit-database.ts';

let schema: KitDatabase;

beforeAll(async () => {
  schema = await openKitDatabase();
});
afterAll(() => schema.close());
beforeEach(async () => {
  await schema.db('counters').delete();
  await schema.db('counters').insert([
    { name: 'a', n: 0 },
    { name: 'b', n: 0 },
  ]);
});

const read = async (name: string): Promise<number> =>
  (await schema.db('counters').select('n').where({ name }).first()).n;
const thrownBy = (asked: Promise<unknown>): Promise<Error & { errno?: number }> =>
  asked.then(
    () => {
      throw new Error('it did not throw');
    },
    (error) => error,
  );

/** Lets two transactions come to the same place before either goes on; later attempts pass. */
function meeting(): () => Promise<void> {
  let waiting = 2;
  let open = () => {};
  const both = new Promise<void>((resolve) => {
    open = resolve;
  });
  return async () => {
    waiting -= 1;
    if (waiting === 0) open();
    await both;
  };
}

describe('a session', () => {
  it('is in UTC, reads whole numbers as numbers, and neither waits nor runs for long', async () => {
    const [[row]] = await schema.db.raw(
      'SELECT @@time_zone AS zone, @@innodb_lock_wait_timeout AS waits, @@max_statement_time AS runs, ' +
        '@@innodb_snapshot_isolation AS guarded, CAST(9007199254740991 AS SIGNED) AS big, UTC_TIMESTAMP(6) AS at',
    );
    expect(row).toMatchObject({ zone: '+00:00', waits: 3, runs: 5, guarded: 1, big: 9_007_199_254_740_991 });
    expect(Math.abs(row.at.getTime() - Date.now())).toBeLessThan(5_000);
  });

  it('is told apart by what went wrong: a duplicate is no collision', async () => {
    const error = await thrownBy(schema.db('counters').insert({ name: 'a', n: 1 }));
    expect([isDuplicate(error), isCollision(error)]).toEqual([true, false]);
  });

  it('says in an error which statement failed, and never with which values', async () => {
    const error = await thrownBy(schema.db('nowhere').insert({ name: 'ada@example.org', n: 1 }));
    expect(error.message).toContain('`nowhere`');
    expect(error.message).not.toContain('ada@example.org');
  });
});

describe('inTransaction', () => {
  it('commits what it did and answers what the work answers', async () => {
    const answer = await inTransaction(schema.db, async (tx) => {
      await tx('counters').where({ name: 'a' }).update({ n: 5 });
      return 'done';
    });
    expect([answer, await read('a')]).toEqual(['done', 5]);
  });

  it('takes everything back when the work throws, and does not repeat a mistake', async () => {
    let attempts = 0;
    const failing = inTransaction(schema.db, async (tx) => {
      attempts += 1;
      await tx('counters').where({ name: 'a' }).update({ n: 5 });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect([attempts, await read('a')]).toEqual([1, 0]);
  });

  it('repeats whole after a real deadlock (1213), so that both get through', async () => {
    let attempts = 0;
    const together = meeting();
    const add = (first: string, second: string) =>
      inTransaction(schema.db, async (tx) => {
        attempts += 1;
        await tx('counters').where({ name: first }).increment('n', 1);
        if (attempts <= 2) await together();
        await tx('counters').where({ name: second }).increment('n', 1);
      });
    await Promise.all([add('a', 'b'), add('b', 'a')]);
    expect([await read('a'), await read('b')]).toEqual([2, 2]);
    expect(attempts).toBe(3);
  });

  it('turns a lost update into a repetition (1020): read, compute, write loses nothing', async () => {
    const collisions: unknown[] = [];
    const together = meeting();
    let attempts = 0;
    const addOne = () =>
      inTransaction(schema.db, async (tx) => {
        attempts += 1;
        const { n } = await tx('counters').select('n').where({ name: 'a' }).first();
        if (attempts <= 2) await together();
        await tx('counters')
          .where({ name: 'a' })
          .update({ n: n + 1 })
          .catch((error) => {
            collisions.push(error.errno);
            throw error;
          });
      });
    await Promise.all([addOne(), addOne()]);
    expect(await read('a')).toBe(2);
    expect(collisions).toEqual([1020]);
  });

  it('loses nothing with 20 at once on one row', async () => {
    const addOne = () =>
      inTransaction(schema.db, async (tx) => {
        const { n } = await tx('counters').select('n').where({ name: 'a' }).forUpdate().first();
        await tx('counters')
          .where({ name: 'a' })
          .update({ n: n + 1 });
      });
    await Promise.all(Array.from({ length: 20 }, addOne));
    expect(await read('a')).toBe(20);
  });

  it('gives up after eight collisions, and that is "not now" and not a fault of ours', async () => {
    let attempts = 0;
    const collision = Object.assign(new Error('certification failed'), { errno: 1047 });
    const error = await thrownBy(
      inTransaction(schema.db, async () => {
        attempts += 1;
        throw collision;
      }),
    );
    expect([attempts, error]).toEqual([8, collision]);
    expect(asRefusal(error).code).toBe('unavailable');
  });
});

describe('every wait ends', () => {
  it('a lock that somebody holds: 1205 after 3 s, which is a collision and means "not now"', async () => {
    const holder = await schema.db.transaction();
    await holder('counters').where({ name: 'a' }).update({ n: 1 });
    const startedMs = performance.now();
    const error = await thrownBy(schema.db('counters').where({ name: 'a' }).update({ n: 2 }));
    await holder.rollback();
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    expect([isCollision(error), asRefusal(error).code]).toEqual([true, 'unavailable']);
  });

  it('a statement that runs on and on: ended after 5 s', async () => {
    const startedMs = performance.now();
    const error = await thrownBy(
      schema.db.raw(
        'SELECT COUNT(*) FROM seq_1_to_100000000 a, seq_1_to_100000 b WHERE SHA2(a.seq, 256) = b.seq',
      ),
    );
    expect(performance.now() - startedMs).toBeLessThan(8_000);
    expect(asRefusal(error).code).toBe('unavailable');
  });

  it('a pool with nothing free: refused after 2 s', async () => {
    const small = schema.open(1);
    const holder = await small.transaction();
    const startedMs = performance.now();
    const error = await thrownBy(small('counters').select('n').first());
    expect(performance.now() - startedMs).toBeLessThan(4_000);
    expect(asRefusal(error).code).toBe('unavailable');
    await holder.rollback();
  });

  it('a database that is not there: the statement and the ping are refused', async () => {
    const [port] = (await freePorts(1)) as [number];
    const nowhere = openDatabase({ ...adminAccount(), port, database: schema.name, poolSize: 1 });
    expect(asRefusal(await thrownBy(nowhere('counters').select('n').first())).code).toBe('unavailable');
    const startedMs = performance.now();
    await thrownBy(pingDatabase(nowhere, 500));
    expect(performance.now() - startedMs).toBeLessThan(1_000);
    await nowhere.destroy();
  });
});

describe('pingDatabase', () => {
  it('resolves when the database answers, gives its connection back, and is no statement', async () => {
    const small = schema.open(1);
    await pingDatabase(small, 1_000);
    const questions = async () => (await small.raw("SHOW SESSION STATUS LIKE 'Questions'"))[0][0].Value;
    const before = Number(await questions());
    for (let i = 0; i < 5; i += 1) await pingDatabase(small, 1_000);
    expect(Number(await questions()) - before).toBeLessThanOrEqual(1);
  });

  it('a connection that was killed is replaced', async () => {
    const small = schema.open(1);
    const [[{ id }]] = await small.raw('SELECT CONNECTION_ID() AS id');
    await schema.db.raw('KILL ?', [id]);
    await expect.poll(() => pingDatabase(small, 1_000).then(() => 'up')).toBe('up');
    expect((await small('counters').select('n').where({ name: 'a' }).first()).n).toBe(0);
  });
});
