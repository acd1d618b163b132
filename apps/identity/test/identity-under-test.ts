/** Identity on a schema of its own, and what its tests do again and again. */

import type { RequestListener } from 'node:http';
import { type Flags, initialFlags } from '@souk/kit/flags';
import { newId } from '@souk/kit/identifier';
import supertest, { type Response } from 'supertest';
import { openTestDatabase } from '../../../test/support/database.ts';
import { openApiChecker } from '../../../test/support/openapi-check.ts';
import { buildUnderTest, sidecarHeaders } from '../../../test/support/service-under-test.ts';
import { ensureFirstOwner } from '../src/first-owner.ts';
import type { IdentityConfig, IdentityDeps } from '../src/identity-deps.ts';
import { buildIdentity, identity, identityDeps } from '../src/service.ts';

export const password = 'correct horse battery';
export const ownerEmail = 'owner@souk.test';

/** A limit that no test meets by accident. */
const roomyLimits = { LIMIT_ADDRESS_PER_MINUTE: '100000' };

export async function openIdentity(env: Record<string, string> = {}) {
  const { db, close } = await openTestDatabase('identity');
  let offsetMs = 0;
  let open = true;
  const flags: Flags = { ...initialFlags, isOn: () => open };
  const now = () => new Date(Date.now() + offsetMs);
  let deps!: IdentityDeps;
  const build = (own: Record<string, string> = {}, secrets: Record<string, string> = {}) =>
    buildUnderTest<IdentityConfig>(
      {
        ...identity,
        build(given) {
          deps = identityDeps({ ...given, secrets: { ...given.secrets, ...secrets } });
          return buildIdentity(deps);
        },
      },
      { db, now, flags, env: { ...roomyLimits, ...env, ...own } },
    );
  const { app, built } = build();
  const first = deps;
  await ensureFirstOwner(first);
  const check = await openApiChecker(app);
  return {
    ...{ app, built, db, deps: first, check, close },
    /** Moves the service's clock. */
    skip(ms: number) {
      offsetMs += ms;
    },
    openRegistration(value: boolean) {
      open = value;
    },
    /** A second process on the same schema. */
    replica: (own?: Record<string, string>, secrets?: Record<string, string>) => {
      const { app: other, built: builtOther } = build(own, secrets);
      return { app: other, built: builtOther, deps };
    },
  };
}

export type IdentityUnderTest = Awaited<ReturnType<typeof openIdentity>>;

/** An address that nobody else has. */
export const newEmail = () => `person-${newId().toLowerCase()}@example.test`;

export function logInAt(app: RequestListener, email: string, secret = password): Promise<Response> {
  return supertest(app).post('/sessions').send({ email, password: secret });
}

/** The events of one type that wait in the outbox, oldest first. */
export async function eventsOf({ db }: Pick<IdentityUnderTest, 'db'>, type: string) {
  const rows = await db('outbox').select('data').where({ topic: type }).orderBy('id');
  return rows.map(({ data }) => JSON.parse(data));
}

/** What notifications would learn about the last link that was asked for. */
export async function lastLink(under: IdentityUnderTest) {
  const [requested] = (await eventsOf(under, 'account-link.requested')).slice(-1);
  return readLink(under, requested.payload.requestId);
}

export async function readLink({ app, check }: IdentityUnderTest, requestId: string) {
  const answer = await supertest(app)
    .get(`/internal/account-links/${requestId}`)
    .set(sidecarHeaders('notifications'));
  return check(answer).body;
}

/** A verified customer. */
export async function newCustomer(under: IdentityUnderTest, email = newEmail()) {
  const { app } = under;
  await supertest(app).post('/customers').send({ email, password, name: 'Ada' }).expect(201);
  const { token } = await lastLink(under);
  await supertest(app).put(`/email-verifications/${token}`).expect(204);
  const session = (await logInAt(app, email)).body;
  return {
    email,
    id: session.id as string,
    session,
    bearer: { authorization: `Bearer ${session.accessToken}` },
  };
}

/** The first owner's Authorization header. */
export async function asOwner({ app }: Pick<IdentityUnderTest, 'app'>) {
  const { body } = await logInAt(app, ownerEmail, 'test-owner-password');
  return { authorization: `Bearer ${body.accessToken}` };
}
