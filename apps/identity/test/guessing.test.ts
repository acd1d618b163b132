/** Guessers are held up, owners are not, and hashing never takes more than its share of the machine. */
import supertest from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPasswords } from '../src/passwords.ts';
import {
  type IdentityUnderTest,
  logInAt,
  newCustomer,
  newEmail,
  openIdentity,
  password,
} from './identity-under-test.ts';

const perAccount = 10;
const perAddress = 30;
let under: IdentityUnderTest;
beforeAll(async () => {
  under = await openIdentity({ LIMIT_ADDRESS_PER_MINUTE: String(perAddress) });
});
beforeEach(() => under.db('limits').delete());
afterAll(() => under.close());

const logInFrom = (address: string, email: string, headers: Record<string, string> = {}) =>
  supertest(under.app)
    .post('/sessions')
    .set({ 'x-forwarded-for': address, ...headers })
    .send({ email, password: 'a wrong password' });

describe('guessing', () => {
  it.each([
    ['one account from 50 addresses', 'known', 300, perAccount],
    ['an address that nobody has from 50 addresses', 'unknown', 300, perAccount],
    ['300 accounts from one address', 'many', 300, perAddress],
  ])('%s: few reach the hash function', async (_name, whose, tries, allowed) => {
    const { email } = whose === 'known' ? await newCustomer(under) : { email: newEmail() };
    await under.db('limits').delete();
    const hashing = vi.spyOn(under.deps.passwords, 'matches');
    const answers = [];
    for (let batch = 0; batch < tries; batch += 5) {
      const five = Array.from({ length: 5 }, (_, index) => {
        const target = whose === 'many' ? newEmail() : email;
        const from = whose === 'many' ? '203.0.113.9' : `203.0.113.${(batch + index) % 50}`;
        return logInFrom(from, target);
      });
      answers.push(...(await Promise.all(five)));
    }
    const hashed = hashing.mock.calls.length;
    hashing.mockRestore();
    expect(hashed).toBe(allowed);
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(tries - allowed);
    for (const answer of refused.slice(0, 5)) {
      under.check(answer);
      expect(Number(answer.get('retry-after'))).toBeGreaterThan(0);
      expect(Number(answer.get('retry-after'))).toBeLessThanOrEqual(60);
    }
  });

  it('by strangers does not lock the owner out of a device that the account knows', async () => {
    const { email, session } = await newCustomer(under);
    const other = await newCustomer(under);
    for (let index = 0; index < perAccount + 2; index += 1) await logInFrom(`198.51.100.${index}`, email);
    expect((await logInAt(under.app, email)).status).toBe(429);
    const logInWith = (deviceToken: string) =>
      supertest(under.app).post('/sessions').set('device-token', deviceToken).send({ email, password });
    const known = under.check(await logInWith(session.deviceToken));
    expect(known.status).toBe(201);
    expect(known.body.deviceToken).toBe(session.deviceToken);
    expect((await logInWith(other.session.deviceToken)).status).toBe(429);
  });

  it('from a stolen device has a limit too', async () => {
    const { email, session } = await newCustomer(under);
    const answers = [];
    for (let index = 0; index < perAccount + 2; index += 1) {
      answers.push(await logInFrom('198.51.100.7', email, { 'device-token': session.deviceToken }));
    }
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(2);
  });

  it('is not what an owner does who logs in often', async () => {
    const { email } = await newCustomer(under);
    for (let index = 0; index < perAccount + 5; index += 1) {
      expect((await logInAt(under.app, email)).status).toBe(201);
    }
  });

  it('counts a network of IPv6 as one address', async () => {
    const answers = [];
    for (let index = 0; index < perAddress + 3; index += 1) {
      answers.push(await logInFrom(`2001:db8:1:2::${(index + 1).toString(16)}`, newEmail()));
    }
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(3);
    expect((await logInFrom('2001:db8:1:3::1', newEmail())).status).toBe(401);
  });

  it('holds over two processes, and for registrations and resets as well', async () => {
    const other = under.replica({ LIMIT_ADDRESS_PER_MINUTE: '100000' });
    const email = newEmail();
    const askReset = (app: typeof under.app) => supertest(app).post('/password-resets').send({ email });
    const answers = [];
    for (let index = 0; index < 6; index += 1) {
      answers.push(await askReset(under.app), await askReset(other.app));
    }
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(perAccount);
    const registrations = [];
    for (let index = 0; index < 12; index += 1) {
      const wish = { email, password, name: 'Ada' };
      registrations.push(await supertest(other.app).post('/customers').send(wish));
    }
    expect(registrations.filter(({ status }) => status === 201)).toHaveLength(perAccount);
    expect(registrations.at(-1)!.body.code).toBe('too-many-requests');
  });

  it('leaves no mail address and no old counters behind', async () => {
    const email = newEmail();
    await logInFrom('198.51.100.8', email);
    const keys = (await under.db('limits').select('key')).map((row) => row.key).join(' ');
    expect(keys).not.toContain(email);
    await under.db('limits').update({ expire: Date.now() - 1 });
    const { reapLimits } = await import('../src/limit-store.ts');
    await reapLimits(under.db);
    expect(await under.db('limits').select('key')).toEqual([]);
  });
});

describe('hashing', () => {
  it('is done by two at once, ten wait, the next is refused at once', async () => {
    const passwords = createPasswords();
    const startMs = performance.now();
    const refusedAfterMs: number[] = [];
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, () =>
        passwords.hash(password).catch((error) => {
          refusedAfterMs.push(performance.now() - startMs);
          throw error;
        }),
      ),
    );
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(12);
    expect(refused.map(({ reason }) => [reason.code, reason.extra.retryAfterSeconds])).toEqual(
      Array(8).fill(['too-many-requests', 1]),
    );
    expect(Math.max(...refusedAfterMs)).toBeLessThan(performance.now() - startMs);
  });

  it('lets the third wait for one of two', async () => {
    const passwords = createPasswords();
    const ends: number[] = [];
    const three = [0, 1, 2].map((index) => passwords.hash(password).then(() => ends.push(index)));
    await Promise.all(three);
    expect(ends.toSorted()).toEqual([0, 1, 2]);
    // Which of the first two is slower is the machine's affair: the third may overtake one of them, never both.
    expect(ends[0]).not.toBe(2);
  });

  it('takes an unknown account as long as a known one', async () => {
    const passwords = createPasswords();
    const stored = await passwords.hash(password);
    await passwords.matches(undefined, password);
    const timed = async (hash: string | undefined) => {
      const startMs = performance.now();
      expect(await passwords.matches(hash, 'a wrong password')).toBe(false);
      return performance.now() - startMs;
    };
    const known: number[] = [];
    const unknown: number[] = [];
    for (let round = 0; round < 15; round += 1) {
      known.push(await timed(stored));
      unknown.push(await timed(undefined));
    }
    const median = (values: number[]) => values.sort((a, b) => a - b)[7]!;
    const ratio = median(known) / median(unknown);
    expect(ratio).toBeGreaterThan(0.7);
    expect(ratio).toBeLessThan(1.4);
    expect(await passwords.matches(undefined, 'nobody has this password')).toBe(false);
  });
});
