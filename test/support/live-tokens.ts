/** Access tokens that the running shop accepts, with whatever claims a test wants: signed by a key that it plants. */
import { tokenAlgorithm } from '@souk/contracts/access-token';
import type { Role } from '@souk/contracts/permissions';
import { newId } from '@souk/kit/identifier';
import { type CryptoKey, exportJWK, generateKeyPair } from 'jose';
import { schema } from './back-room.ts';
import { signedToken, type TokenParts } from './tokens.ts';

/** Older than every key of identity's own: it never signs with this one, it only publishes it. */
const generation = 0;
const livesMs = 30 * 60_000;

export interface LiveKey {
  kid: string;
  privateKey: CryptoKey;
  publicKey: CryptoKey;
  /** A token by this key, good but for `parts`. */
  token(parts?: Omit<TokenParts, 'key'>): Promise<string>;
  /** Takes the key away again. */
  remove(): Promise<void>;
}

/** Plants a key among identity's; services learn of it by its name. */
export async function plantKey(): Promise<LiveKey> {
  const pair = await generateKeyPair(tokenAlgorithm, { extractable: true });
  const { x } = await exportJWK(pair.publicKey);
  const kid = newId();
  const keys = schema('identity');
  await keys('signing_keys').where({ generation }).delete();
  await keys('signing_keys').insert({
    kid,
    generation,
    public_key: x,
    private_key: 'planted by a test',
    signs_from: new Date(Date.now() - 1_000),
    expires_at: new Date(Date.now() + livesMs),
  });
  return {
    kid,
    ...pair,
    token: ({ claims, header } = {}) =>
      signedToken({ claims: { ...claims }, header: { kid, ...header }, key: pair.privateKey }),
    async remove() {
      await keys('signing_keys').where({ kid }).delete();
    },
  };
}

/** What a person is known by in a request. */
export interface Person {
  id: string;
  headers: { authorization: string };
}

/** A customer with an account, verified, without a password. */
export async function newCustomer(key: LiveKey): Promise<Person & { email: string }> {
  const id = newId();
  const email = `customer-${id.toLowerCase()}@example.org`;
  await schema('identity')('accounts').insert({
    id,
    kind: 'customer',
    email,
    email_norm: email,
    name: 'Ada Byron',
    verified_at: new Date(),
  });
  const token = await key.token({ claims: { sub: id } });
  return { id, email, headers: { authorization: `Bearer ${token}` } };
}

/** A member of staff with these roles. */
export async function newStaff(key: LiveKey, roles: readonly Role[]): Promise<Person> {
  const id = newId();
  const email = `staff-${id.toLowerCase()}@example.org`;
  await schema('identity')('accounts').insert({
    id,
    kind: 'staff',
    email,
    email_norm: email,
    name: 'Test Staff',
    roles: roles.join(','),
    verified_at: new Date(),
  });
  const token = await key.token({ claims: { sub: id, kind: 'staff', roles } });
  return { id, headers: { authorization: `Bearer ${token}` } };
}
