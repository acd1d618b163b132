/** The gateway's look at access tokens: before any service, by identity's own keys, also after they have changed. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newId } from '@souk/kit/identifier';
import { decodeProtectedHeader, generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { state } from '../../tools/platform/paths.ts';
import { closeBackRoom, schema } from '../support/back-room.ts';
import { onlyPod, proxyCounter, untilMeshIsUp } from '../support/mesh.ts';
import { eventually, type Json, mailsTo, send, sendSafely } from '../support/shop.ts';
import { staff } from '../support/staff.ts';
import { signedToken } from '../support/tokens.ts';

/** Envoy keeps the keys for five minutes, as istiod tells it. */
const keysLimitMs = 330_000;

const email = `customer-${randomUUID()}@example.org`;
const password = `correct horse ${randomUUID()}`;
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const atGateway = (headers: Record<string, string>) => send('GET', '/me', { headers });
let session: Json;

beforeAll(async () => {
  await untilMeshIsUp();
  await sendSafely('POST', '/customers', { body: { email, password, name: 'Ada Byron' } });
  const mail = await eventually(async () => (await mailsTo(email))[0], 40_000);
  const token = /#([A-Za-z0-9_.-]+)/.exec(mail.text)?.[1];
  await sendSafely('PUT', `/email-verifications/${token}`, {});
  session = (await sendSafely('POST', '/sessions', { body: { email, password } })).body;
});
afterAll(() => closeBackRoom());

/** How often identity's proxy has let something through: what the gateway refuses never comes there. */
const seenByIdentity = async () =>
  proxyCounter(await onlyPod('app=identity'), 'http.inbound_0.0.0.0_3000;.rbac.allowed');

describe('a route for customers', () => {
  it('is closed without a token, with garbage, with a stranger’s and with another issuer’s', async () => {
    const { privateKey } = await generateKeyPair('EdDSA');
    const { kid } = decodeProtectedHeader(session.accessToken);
    const forged = await signedToken({ claims: { sub: newId() }, header: { kid: kid! }, key: privateKey });
    const elsewhere = await signedToken({
      claims: { sub: newId(), iss: 'elsewhere' },
      header: { kid: kid! },
      key: privateKey,
    });
    const rows = { none: {}, garbage: bearer('a.b.c'), forged: bearer(forged), elsewhere: bearer(elsewhere) };
    for (const [name, headers] of Object.entries(rows)) {
      const answer = await atGateway(headers as Record<string, string>);
      expect([name, answer.status, answer.body.code]).toEqual([name, 401, 'unauthorised']);
      // Envoy said so, not the service: its answers carry another trace.
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
    }
  });

  it('is open with a valid one', async () => {
    const answer = await atGateway(bearer(session.accessToken));
    expect([answer.status, answer.body.email]).toEqual([200, email]);
  });

  it('is decided at the gateway: identity is not asked about what is refused', async () => {
    const before = await seenByIdentity();
    for (let n = 0; n < 20; n += 1) expect((await atGateway({})).status).toBe(401);
    const middle = await seenByIdentity();
    for (let n = 0; n < 20; n += 1) expect((await atGateway(bearer(session.accessToken))).status).toBe(200);
    const after = await seenByIdentity();
    expect(after - middle).toBeGreaterThanOrEqual(20);
    expect(middle - before).toBeLessThan(20);
  });
});

describe('identity’s signing key', () => {
  /** Whether the gateway has asked for the keys since then: identity's proxy writes each request down, but a little later. */
  const fetchedSince = async (sinceMs: number) => {
    const { name } = await onlyPod('app=identity');
    const log = readFileSync(join(state.logs, 'pods', name, 'proxy.log'), 'utf8');
    // The last line may be half written yet.
    const asked = log
      .split('\n')
      .slice(0, -1)
      .filter((line) => line.includes('"path":"/jwks.json"'));
    return asked.some((line) => Date.parse(JSON.parse(line).time) > sinceMs);
  };

  it(
    'changes, and the gateway lets tokens of the new and of the old one in',
    async () => {
      const oldKid = decodeProtectedHeader(session.accessToken).kid;
      const headers = { ...(await staff()), 'idempotency-key': randomUUID() };
      const made = await send('POST', '/admin/signing-keys/rotation', { headers });
      expect(made.status).toBe(201);
      const { kid, signsFrom } = made.body;
      // It is published for longer than the gateway goes without asking; else fresh tokens would be refused.
      expect(Date.parse(signsFrom) - Date.now()).toBeGreaterThan(310_000);
      const madeMs = Date.now();
      // It asks when a token comes and what it knows is older than that.
      await eventually(async () => {
        await atGateway(bearer(session.accessToken));
        return fetchedSince(madeMs);
      }, keysLimitMs);
      await schema('identity')('signing_keys').where({ kid }).update({ signs_from: new Date() });
      const fresh = await eventually(async () => {
        const { body } = await send('POST', '/sessions', { body: { email, password } });
        return decodeProtectedHeader(body.accessToken).kid === kid && body;
      }, 60_000);
      expect((await atGateway(bearer(fresh.accessToken))).status).toBe(200);
      expect(oldKid).not.toBe(kid);
      // The older token may have ended by its age meanwhile, never by its key.
      const old = await atGateway(bearer(session.accessToken));
      expect(old.status).toBe(200);
    },
    keysLimitMs + 90_000,
  );
});
