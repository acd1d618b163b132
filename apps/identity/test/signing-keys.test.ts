/** Signing keys: published before they sign, kept until their last token has expired, unreadable in the table. */
import { callerOf } from '@souk/kit/auth';
import { decodeProtectedHeader } from 'jose';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sidecarHeaders } from '../../../test/support/service-under-test.ts';
import { unwrap, wrap } from '../src/key-wrapping.ts';
import { asOwner, type IdentityUnderTest, logInAt, openIdentity, ownerEmail } from './identity-under-test.ts';

const aheadSeconds = 60;
let under: IdentityUnderTest;
beforeAll(async () => {
  under = await openIdentity({ KEY_AHEAD_SECONDS: String(aheadSeconds), KEY_REREAD_MS: '0' });
});
afterAll(() => under.close());

const kidsAt = async ({ app }: Pick<IdentityUnderTest, 'app'> = under) =>
  (await supertest(app).get('/internal/jwks').set(sidecarHeaders('orders'))).body.keys.map(
    (key: { kid: string }) => key.kid,
  );
const tokenAt = async ({ app }: Pick<IdentityUnderTest, 'app'> = under) =>
  (await logInAt(app, ownerEmail, 'test-owner-password')).body.accessToken as string;
const kidOf = (token: string) => decodeProtectedHeader(token).kid;
const rotate = async (key: string) =>
  under.check(
    await supertest(under.app)
      .post('/admin/signing-keys/rotation')
      .set({ ...(await asOwner(under)), 'idempotency-key': key }),
  );

describe('signing keys', () => {
  it('are published as RFC 7517 asks, to services only', async () => {
    await tokenAt();
    const answer = under.check(
      await supertest(under.app).get('/internal/jwks').set(sidecarHeaders('orders')),
    );
    expect(answer.body.keys).toEqual([
      {
        kty: 'OKP',
        crv: 'Ed25519',
        x: expect.any(String),
        kid: expect.any(String),
        alg: 'EdDSA',
        use: 'sig',
      },
    ]);
    expect((await supertest(under.app).get('/internal/jwks')).status).toBe(401);
  });

  it('are made once when two processes start at once', async () => {
    await under.db('signing_keys').delete();
    const [one, two] = [under.replica(), under.replica()];
    const kids = await Promise.all([one, two].map(async ({ deps }) => (await deps.keys.signing()).kid));
    expect(kids[0]).toBe(kids[1]);
  });

  it('overlap: the new one is published before it signs, the old one until its tokens have expired', async () => {
    const old = await tokenAt();
    const answer = await rotate('rotation-1');
    expect(answer.status).toBe(201);
    const { kid } = answer.body;
    expect(await kidsAt()).toEqual([kidOf(old), kid]);
    expect(kidOf(await tokenAt())).toBe(kidOf(old));
    const other = under.replica();
    under.skip((aheadSeconds + 1) * 1_000);
    expect(kidOf(await tokenAt())).toBe(kid);
    expect(kidOf(await tokenAt(other))).toBe(kid);
    expect(await callerOf(`Bearer ${old}`, under.deps.keys)).toMatchObject({ kind: 'staff' });
    under.skip(600_000);
    expect(await kidsAt()).toContain(kidOf(old));
    under.skip(61_000);
    expect(await kidsAt()).toEqual([kid]);
    under.skip(-(aheadSeconds + 1) * 1_000 - 661_000);
  });

  it('rotate once for each Idempotency-Key, by those who may', async () => {
    const first = await rotate('rotation-2');
    const again = await rotate('rotation-2');
    expect(again.body).toEqual(first.body);
    const list = under.check(
      await supertest(under.app)
        .get('/admin/signing-keys')
        .set(await asOwner(under)),
    );
    expect(list.body.items.filter((key: { expiresAt: string | null }) => key.expiresAt === null)).toEqual([
      first.body,
    ]);
    const missing = await supertest(under.app)
      .post('/admin/signing-keys/rotation')
      .set(await asOwner(under));
    expect(under.check(missing).body.code).toBe('idempotency-key-required');
    const rows = await under.db('audit_log').select('action', 'entity_id').where({ action: 'key.rotated' });
    expect(rows.filter((row) => row.entity_id === first.body.kid)).toHaveLength(1);
  });

  it('never leave two successors of one generation when two rotate at once', async () => {
    const answers = await Promise.all([rotate('rotation-3'), rotate('rotation-4')]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    const open = await under.db('signing_keys').select('kid').whereNull('expires_at');
    expect(open).toHaveLength(1);
  });

  it('stay readable while the secret is rotated, and are replaced when it is lost', async () => {
    const before = kidOf(await tokenAt());
    const during = under.replica({}, { 'identity-key': 'the-new-value,test-identity-key' });
    expect(kidOf(await tokenAt(during))).toBe(before);
    const lost = under.replica({}, { 'identity-key': 'something-else' });
    const token = await tokenAt(lost);
    expect(kidOf(token)).not.toBe(before);
    expect(await callerOf(`Bearer ${token}`, under.deps.keys)).toMatchObject({ kind: 'staff' });
  });

  it('lie encrypted, each bound to its own row', async () => {
    const rows = await under.db('signing_keys').select('kid', 'private_key');
    for (const { kid, private_key } of rows) {
      expect(Buffer.from(private_key, 'base64url').toString('latin1')).not.toContain('PRIVATE KEY');
      expect(unwrap(['something'], kid, private_key)).toBeUndefined();
    }
    const sealed = wrap(['a', 'b'], 'one', Buffer.from('plain'));
    expect(unwrap(['b', 'a'], 'one', sealed)?.toString()).toBe('plain');
    expect(unwrap(['a'], 'two', sealed)).toBeUndefined();
    expect(unwrap(['b'], 'one', sealed)).toBeUndefined();
  });
});
