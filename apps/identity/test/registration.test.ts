/** Becoming a customer, proving the address, choosing a new password. */
import { inTransaction } from '@souk/kit/db';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requestLink } from '../src/account-link.ts';
import {
  eventsOf,
  type IdentityUnderTest,
  lastLink,
  logInAt,
  newCustomer,
  newEmail,
  openIdentity,
  password,
  readLink,
} from './identity-under-test.ts';

let under: IdentityUnderTest;
beforeAll(async () => {
  under = await openIdentity();
});
afterAll(() => under.close());

const register = async (email: string, wanted: Record<string, unknown> = {}) =>
  under.check(
    await supertest(under.app)
      .post('/customers')
      .send({ email, password, name: 'Ada', ...wanted }),
  );
const verify = async (token: string) =>
  under.check(await supertest(under.app).put(`/email-verifications/${token}`));
const askReset = async (email: string) =>
  under.check(await supertest(under.app).post('/password-resets').send({ email }));
const reset = async (token: string, wanted: string) =>
  under.check(await supertest(under.app).put(`/password-resets/${token}`).send({ password: wanted }));
const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
const timed = async (work: () => Promise<unknown>) => {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
};

describe('a registration', () => {
  it('is complete once the link in the mail was followed', async () => {
    const email = newEmail();
    const answer = await register(email);
    expect([answer.status, answer.body]).toEqual([201, {}]);
    const early = under.check(await logInAt(under.app, email));
    expect([early.status, early.body.code]).toEqual([403, 'email-not-verified']);
    const link = await lastLink(under);
    expect(link).toMatchObject({ email, name: 'Ada', kind: 'email-verification' });
    expect((await verify(link.token)).status).toBe(204);
    expect((await logInAt(under.app, email)).status).toBe(201);
    expect((await verify(link.token)).status).toBe(404);
  });

  it('answers the same for a known address, and sends another mail', async () => {
    const { email } = await newCustomer(under);
    const answer = await register(email.toUpperCase());
    expect([answer.status, answer.body]).toEqual([201, {}]);
    expect(await lastLink(under)).toMatchObject({ email, kind: 'account-exists', token: null });
    expect((await logInAt(under.app, email)).status).toBe(201);
  });

  it('takes about the same time for a known address', async () => {
    const { email } = await newCustomer(under);
    const known: number[] = [];
    const fresh: number[] = [];
    for (let round = 0; round < 9; round += 1) {
      known.push(await timed(() => register(email)));
      fresh.push(await timed(() => register(newEmail())));
      await under.db('limits').delete();
    }
    const ratio = median(known) / median(fresh);
    expect(ratio).toBeGreaterThan(0.6);
    expect(ratio).toBeLessThan(1.6);
  });

  it('of somebody who was registered by a stranger ends with their own password', async () => {
    const email = newEmail();
    await register(email, { password: "the stranger's choice", name: 'Mallory' });
    const strangers = await lastLink(under);
    await register(email);
    const own = await lastLink(under);
    expect(own).toMatchObject({ kind: 'email-verification', name: 'Ada' });
    expect((await verify(own.token)).status).toBe(204);
    expect((await verify(strangers.token)).status).toBe(404);
    expect((await logInAt(under.app, email)).body.name).toBe('Ada');
    expect((await logInAt(under.app, email, "the stranger's choice")).status).toBe(401);
  });

  it("noted while the owner proves the address never sets a stranger's password", async () => {
    const { id, email } = await newCustomer(under);
    const { deps } = under;
    // What a stranger's transaction still wrote that had read the account just before it was verified.
    const passwordHash = await deps.passwords.hash("the stranger's choice");
    const wish = {
      accountId: id,
      kind: 'email-verification' as const,
      wanted: { name: 'Mallory', passwordHash },
    };
    await inTransaction(under.db, (tx) => requestLink(tx, deps, wish));
    expect((await verify((await lastLink(under)).token)).status).toBe(404);
    expect((await logInAt(under.app, email)).body.name).toBe('Ada');
    expect((await logInAt(under.app, email, "the stranger's choice")).status).toBe(401);
  });

  it('twice at once makes one account', async () => {
    const email = newEmail();
    const answers = await Promise.all(Array.from({ length: 6 }, () => register(email)));
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(201));
    expect(await under.db('accounts').count('id as n').where({ email }).first()).toEqual({ n: 1 });
  });

  it('is refused while the shop takes no new customers', async () => {
    under.openRegistration(false);
    const answer = await register(newEmail());
    under.openRegistration(true);
    expect([answer.status, answer.body.code]).toEqual([503, 'shop-closed']);
  });

  it.each([
    'short',
    'password',
    'Passw0rd!',
    'Sunshine2024!',
    'qwertyuiop',
    '123456789',
    'Souk2026!',
    'aaaaaaaaaa',
    'some.body@example.test',
    'Some.Body1!',
    'x'.repeat(257),
  ])('is refused with the password %s', async (weak) => {
    const answer = await register('some.body@example.test', { password: weak });
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid-request']);
    expect(answer.body.errors[0].pointer).toBe('/body/password');
  });

  it.each([
    'a sentence with spaces is long enough, and may go on for more than sixty-four signs',
    'пароль из слов',
    '🐘🦩🐙🦉🐢🦔🐝🦚',
    'x9!mQ2#v',
  ])('is taken with the password %s', async (good) => {
    expect((await register(newEmail(), { password: good })).status).toBe(201);
  });
});

it('an address that grows too long when it is compared is refused', async () => {
  const answer = await register(`${'\ufdfa'.repeat(20)}@example.test`);
  expect([answer.status, answer.body.errors?.[0].pointer]).toEqual([400, '/body/email']);
});

describe('a link', () => {
  it('is refused when one sign of it differs, and when it is for something else', async () => {
    await register(newEmail());
    const { token } = await lastLink(under);
    const last = token.at(-1) === 'A' ? 'B' : 'A';
    expect((await verify(token.slice(0, -1) + last)).status).toBe(404);
    expect((await reset(token, 'another password here')).status).toBe(404);
    expect((await verify('nonsense')).status).toBe(404);
    expect((await verify(token)).status).toBe(204);
  });

  it('ends after its time, and there is nothing left to send', async () => {
    const { email } = await newCustomer(under);
    await askReset(email);
    const [requested] = (await eventsOf(under, 'account-link.requested')).slice(-1);
    const { token } = await lastLink(under);
    under.skip(30 * 60_000 + 1_000);
    expect((await reset(token, 'another password here')).status).toBe(404);
    expect((await readLink(under, requested.payload.requestId)).code).toBe('not-found');
    under.skip(-(30 * 60_000 + 1_000));
  });

  it('works after the secret was rotated', async () => {
    await register(newEmail());
    const { token } = await lastLink(under);
    const after = under.replica({}, { 'identity-key': 'the-new-value,test-identity-key' });
    expect((await supertest(after.app).put(`/email-verifications/${token}`)).status).toBe(204);
    await register(newEmail());
    const old = await lastLink(under);
    const later = under.replica({}, { 'identity-key': 'the-new-value' });
    expect((await supertest(later.app).put(`/email-verifications/${old.token}`)).status).toBe(404);
  });

  it('does not stand in the event, nor in any row', async () => {
    const email = newEmail();
    await register(email);
    const { token } = await lastLink(under);
    const signature = token.split('.')[1];
    const events = JSON.stringify(await eventsOf(under, 'account-link.requested'));
    expect(events).not.toContain(signature);
    expect(events).not.toContain(email);
    expect(JSON.stringify(await under.db('account_links').select('*'))).not.toContain(signature);
  });
});

describe('a new password', () => {
  it('replaces the old one, once, and ends all sessions', async () => {
    const { email, session } = await newCustomer(under);
    expect((await askReset(email)).status).toBe(202);
    const first = await lastLink(under);
    await askReset(email);
    const { token } = await lastLink(under);
    expect((await reset(token, 'a much better one')).status).toBe(204);
    expect((await reset(token, 'and one more of them')).status).toBe(404);
    expect((await reset(first.token, 'and one more of them')).status).toBe(404);
    expect((await logInAt(under.app, email)).status).toBe(401);
    expect((await logInAt(under.app, email, 'a much better one')).status).toBe(201);
    const { refreshToken } = session;
    expect((await supertest(under.app).post('/sessions/refresh').send({ refreshToken })).status).toBe(401);
  });

  it('is set by one of two who follow the link at once', async () => {
    const { email } = await newCustomer(under);
    await askReset(email);
    const { token } = await lastLink(under);
    const answers = await Promise.all(['first of the two', 'second of the two'].map((p) => reset(token, p)));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 404]);
  });

  it('that is weak leaves the link open', async () => {
    const { email } = await newCustomer(under);
    await askReset(email);
    const { token } = await lastLink(under);
    const weak = await reset(token, 'password');
    expect([weak.status, weak.body.errors[0].pointer]).toEqual([400, '/body/password']);
    expect((await reset(token, 'a much better one')).status).toBe(204);
  });

  it('may be asked for by anybody, and nobody learns whether there is an account', async () => {
    const before = (await eventsOf(under, 'account-link.requested')).length;
    const answer = await askReset(newEmail());
    expect([answer.status, answer.body]).toEqual([202, {}]);
    expect(await eventsOf(under, 'account-link.requested')).toHaveLength(before);
  });
});
