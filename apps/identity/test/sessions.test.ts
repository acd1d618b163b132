/** Logging in, refreshing, logging out. */
import { decodeJwt, decodeProtectedHeader } from 'jose';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { graceMs } from '../src/refresh-session.ts';
import {
  type IdentityUnderTest,
  logInAt,
  newCustomer,
  newEmail,
  openIdentity,
  ownerEmail,
  password,
} from './identity-under-test.ts';

const dayMs = 86_400_000;
let under: IdentityUnderTest;
beforeAll(async () => {
  under = await openIdentity();
});
afterAll(() => under.close());

const refresh = (refreshToken: string) =>
  supertest(under.app).post('/sessions/refresh').send({ refreshToken });

describe('a login', () => {
  it('gives a customer tokens that name who, which session and for how long', async () => {
    const { session, id } = await newCustomer(under);
    const claims = decodeJwt(session.accessToken);
    expect(decodeProtectedHeader(session.accessToken)).toMatchObject({ alg: 'EdDSA', typ: 'at+jwt' });
    expect(claims).toMatchObject({ iss: 'souk', aud: 'souk-api', sub: id, kind: 'customer', roles: [] });
    expect(claims.exp! - claims.iat!).toBe(600);
    expect(session.expiresInSeconds).toBe(600);
    expect(Buffer.from(session.refreshToken, 'base64url')).toHaveLength(32);
  });

  it('gives staff their roles', async () => {
    const answer = under.check(await logInAt(under.app, ownerEmail, 'test-owner-password'));
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ kind: 'staff', roles: ['owner'] });
    expect(decodeJwt(answer.body.accessToken)).toMatchObject({ kind: 'staff', roles: ['owner'] });
  });

  it('takes the address however it is written', async () => {
    const { email } = await newCustomer(under);
    expect((await logInAt(under.app, ` ${email.toUpperCase()} `)).status).toBe(201);
  });

  it('answers the same for a wrong password and an unknown address', async () => {
    const { email } = await newCustomer(under);
    const wrong = under.check(await logInAt(under.app, email, 'another password'));
    const unknown = under.check(await logInAt(under.app, newEmail(), 'another password'));
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    expect(wrong.body).toEqual(unknown.body);
    expect(wrong.body.code).toBe('invalid-credentials');
  });

  it('stores neither password nor refresh token', async () => {
    const { session } = await newCustomer(under);
    const hashes = await under.db('accounts').select('password_hash');
    for (const { password_hash } of hashes) {
      expect(password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    }
    const tokens = await under.db('refresh_tokens').select('token_hash');
    expect(tokens.map(({ token_hash }) => token_hash)).not.toContain(session.refreshToken);
  });

  it('makes an old hash anew with the parameters of today', async () => {
    const { email, id } = await newCustomer(under);
    const { hash } = await import('@node-rs/argon2');
    const old = await hash(password, { memoryCost: 8_192, timeCost: 1, parallelism: 1 });
    await under.db('accounts').where({ id }).update({ password_hash: old });
    expect((await logInAt(under.app, email)).status).toBe(201);
    const row = await under.db('accounts').select('password_hash').where({ id }).first();
    expect(row.password_hash).toMatch(/m=19456,t=2/);
    expect((await logInAt(under.app, email)).status).toBe(201);
  });
});

describe('a login under way', () => {
  it.each([
    ['disabled', { state: 'disabled' }],
    ['given another password', { password_hash: 'another' }],
  ])('gets no session when the account is %s meanwhile', async (_name, change) => {
    const { email, id } = await newCustomer(under);
    const matches = vi.spyOn(under.deps.passwords, 'matches').mockImplementationOnce(async () => {
      await under.db('accounts').where({ id }).update(change);
      return true;
    });
    const answer = under.check(await logInAt(under.app, email));
    matches.mockRestore();
    expect(answer.status).toBe(401);
    expect(await under.db('sessions').where({ account_id: id }).count('id as n').first()).toEqual({ n: 1 });
  });
});

describe('a refresh', () => {
  it('gives a new pair, of the same session', async () => {
    const { session } = await newCustomer(under);
    const answer = under.check(await refresh(session.refreshToken));
    expect(answer.status).toBe(201);
    expect(answer.body.refreshToken).not.toBe(session.refreshToken);
    expect(decodeJwt(answer.body.accessToken).sid).toBe(decodeJwt(session.accessToken).sid);
  });

  it('lets one of 20 parallel ones win, and does not throw the owner out', async () => {
    const { session } = await newCustomer(under);
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(session.refreshToken)));
    const won = answers.filter(({ status }) => status === 201);
    expect(won).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(19);
    expect((await refresh(won[0]!.body.refreshToken)).status).toBe(201);
  });

  it('ends the whole family when a used token comes again later', async () => {
    const { session, bearer } = await newCustomer(under);
    const { body: second } = await refresh(session.refreshToken);
    under.skip(graceMs + 1);
    expect(under.check(await refresh(session.refreshToken)).status).toBe(401);
    expect((await refresh(second.refreshToken)).status).toBe(401);
    const me = await supertest(under.app).get('/me').set(bearer);
    expect(me.status).toBe(401);
  });

  it.each([
    ['customer', 7 * dayMs, 30 * dayMs],
    ['staff', 30 * 60_000, 12 * 3_600_000],
  ])(
    'of %s ends after its idle time, and all of it after its absolute life',
    async (kind, idleMs, lifeMs) => {
      const logIn = async () =>
        kind === 'staff'
          ? (await logInAt(under.app, ownerEmail, 'test-owner-password')).body
          : (await newCustomer(under)).session;
      const idle = await logIn();
      under.skip(idleMs + 1_000);
      expect((await refresh(idle.refreshToken)).status).toBe(401);
      let { refreshToken } = await logIn();
      const steps = Math.floor(lifeMs / (idleMs - 60_000));
      for (let step = 0; step < steps; step += 1) {
        under.skip(idleMs - 60_000);
        const answer = await refresh(refreshToken);
        expect(answer.status).toBe(201);
        refreshToken = answer.body.refreshToken;
      }
      under.skip(idleMs - 60_000);
      expect((await refresh(refreshToken)).status).toBe(401);
      under.skip(-(idleMs + 1_000 + (steps + 1) * (idleMs - 60_000)));
    },
  );
});

describe('a logout', () => {
  it('ends the family of the access token', async () => {
    const { session, bearer } = await newCustomer(under);
    const answer = under.check(await supertest(under.app).delete('/sessions/current').set(bearer));
    expect(answer.status).toBe(204);
    expect((await refresh(session.refreshToken)).status).toBe(401);
    expect((await supertest(under.app).get('/me').set(bearer)).status).toBe(401);
  });

  it('needs a token', async () => {
    expect(under.check(await supertest(under.app).delete('/sessions/current')).status).toBe(401);
  });
});
