/** Idempotency keys on a real MariaDB: one subject a key, the same answer for ever, and a claim that a death frees. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '../src/db.ts';
import {
  claimKey,
  fingerprintOf,
  isKeyTaken,
  type KeyedRequest,
  leaseMs,
  readClaim,
  storeAnswer,
} from '../src/idempotency.ts';
import { newId } from '../src/identifier.ts';
import { isRefusal } from '../src/problem.ts';
import { type KitDatabase, openKitDatabase } from './kit-database.ts';

let schema: KitDatabase;

beforeAll(async () => {
  schema = await openKitDatabase();
});
afterAll(() => schema.close());

const newRequest = (): KeyedRequest => ({
  scope: `cart:${newId()}`,
  key: newId(),
  fingerprint: fingerprintOf({ quoteHash: 'abc' }),
});
const claim = (request: KeyedRequest, subjectId = newId()) =>
  inTransaction(schema.db, (tx) => claimKey(tx, request, subjectId)).then(() => subjectId);
const thrownBy = (asked: Promise<unknown>) =>
  asked.then(
    () => undefined,
    (error) => error,
  );
const endLease = ({ key }: KeyedRequest) =>
  schema
    .db('idempotency_keys')
    .where({ idempotency_key: key })
    .update({ lease_until: schema.db.raw('UTC_TIMESTAMP(6) - INTERVAL 1 SECOND') });

describe('a key', () => {
  it('that nobody has used is new', async () => {
    expect(await readClaim(schema.db, newRequest())).toEqual({ kind: 'new' });
  });

  it('is claimed together with its effect, or not at all', async () => {
    const request = newRequest();
    await inTransaction(schema.db, async (tx) => {
      await claimKey(tx, request, newId());
      throw new Error('no');
    }).catch(() => {});
    expect(await readClaim(schema.db, request)).toEqual({ kind: 'new' });
  });

  it('is claimed by one of 20 at once; the others are told that it is taken', async () => {
    const request = newRequest();
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => claim(request).then(() => 'claimed', isKeyTaken)),
    );
    expect(outcomes.filter((outcome) => outcome === 'claimed')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === true)).toHaveLength(19);
  });

  it('is told apart from other duplicates', async () => {
    const duplicate = async () => {
      await schema.db('counters').insert({ name: 'twice', n: 1 });
      await schema.db('counters').insert({ name: 'twice', n: 1 });
    };
    expect(isKeyTaken(await thrownBy(duplicate()))).toBe(false);
  });

  it('means different things to two carts', async () => {
    const request = newRequest();
    await claim(request);
    const other = { ...request, scope: `cart:${newId()}` };
    expect(await readClaim(schema.db, other)).toEqual({ kind: 'new' });
    await claim(other);
  });

  it('tells upper from lower case', async () => {
    const request = { ...newRequest(), key: 'a-key-of-mine' };
    await claim(request);
    expect(await readClaim(schema.db, { ...request, key: 'A-KEY-OF-MINE' })).toEqual({ kind: 'new' });
  });
});

describe('a second request with the key', () => {
  it('is refused while the first is at work, with Retry-After', async () => {
    const request = newRequest();
    await claim(request);
    const refusal = await thrownBy(readClaim(schema.db, request));
    expect(isRefusal(refusal, 'idempotency-key-in-use')).toBe(true);
    expect(refusal.extra).toEqual({ retryAfterSeconds: 1 });
  });

  it('is refused if it asks for something else, also after the answer', async () => {
    const request = newRequest();
    const other = { ...request, fingerprint: fingerprintOf({ quoteHash: 'xyz' }) };
    const subject = await claim(request);
    expect(isRefusal(await thrownBy(readClaim(schema.db, other)), 'idempotency-key-reused')).toBe(true);
    await storeAnswer(schema.db, subject, { status: 201, body: { id: subject } });
    expect(isRefusal(await thrownBy(readClaim(schema.db, other)), 'idempotency-key-reused')).toBe(true);
  });

  it('gets the stored answer, byte by byte, and the first one stored stands', async () => {
    const request = newRequest();
    const subject = await claim(request);
    const answer = {
      status: 402,
      body: { code: 'payment-declined', note: 'ünïcode ☕ "quoted"', lines: [] },
    };
    await storeAnswer(schema.db, subject, answer);
    await storeAnswer(schema.db, subject, { status: 201, body: {} });
    expect(await readClaim(schema.db, request)).toEqual({ kind: 'answered', answer });
    expect(await readClaim(schema.db, request)).toEqual({ kind: 'answered', answer });
  });

  it('takes over after the lease, with the same subject; only one of 10 twins does', async () => {
    const request = newRequest();
    const subject = await claim(request);
    await endLease(request);
    const twins = await Promise.all(
      Array.from({ length: 10 }, () => readClaim(schema.db, request).catch((error) => error)),
    );
    const taken = twins.filter((twin) => twin.kind === 'takeover');
    expect(taken).toEqual([{ kind: 'takeover', subjectId: subject }]);
    expect(twins.filter((twin) => isRefusal(twin, 'idempotency-key-in-use'))).toHaveLength(9);
  });

  it('that took over holds a lease of its own', async () => {
    const request = newRequest();
    const subject = await claim(request);
    await endLease(request);
    await readClaim(schema.db, request);
    expect(isRefusal(await thrownBy(readClaim(schema.db, request)), 'idempotency-key-in-use')).toBe(true);
    const [[{ leftMs }]] = await schema.db.raw(
      'SELECT TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(6), lease_until) / 1000 AS leftMs FROM idempotency_keys WHERE subject_id = ?',
      [subject],
    );
    expect(leftMs).toBeGreaterThan(leaseMs - 2_000);
    expect(leftMs).toBeLessThanOrEqual(leaseMs);
  });
});

describe('a fingerprint', () => {
  it('is the same for the same request and differs with anything in it', () => {
    const request = { cartId: 'C', payment: { token: 'tok_ok' } };
    expect(fingerprintOf(request)).toBe(fingerprintOf(structuredClone(request)));
    expect(fingerprintOf(request)).not.toBe(fingerprintOf({ ...request, payment: { token: 'tok_3ds' } }));
    expect(fingerprintOf(request)).toMatch(/^[0-9a-f]{64}$/);
  });
});
