/** Access tokens that the running shop accepts, with whatever claims a test wants: signed by a key that it plants. */
import { type AccountKind, tokenAlgorithm } from '@souk/contracts/access-token';
import type { Role } from '@souk/contracts/permissions';
import { portsOf } from '@souk/contracts/ports';
import { newId } from '@souk/kit/identifier';
import { type CryptoKey, exportJWK, generateKeyPair, importJWK } from 'jose';
import { schema } from './back-room.ts';
import { allRoutes } from './public-routes.ts';
import { eventually } from './shop.ts';
import { signedToken, type TokenParts } from './tokens.ts';

/** Older than every key of identity's own: it never signs with this one, it only publishes it. One at a time. */
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

/** Plants a key among identity's, or takes up the one that another test has planted: it cannot be told from outside. */
export async function plantKey(): Promise<LiveKey> {
  const found = await plantedKey();
  const { kid, privateKey, publicKey } = found ?? (await newKey());
  const key: LiveKey = {
    kid,
    privateKey,
    publicKey,
    token: ({ claims, header } = {}) =>
      signedToken({ claims: { ...claims }, header: { kid, ...header }, key: privateKey }),
    async remove() {
      if (!found) await schema('identity')('signing_keys').where({ kid }).delete();
    },
  };
  await untilKnown(key);
  return key;
}

type Planted = Pick<LiveKey, 'kid' | 'privateKey' | 'publicKey'>;

/** Not wrapped, as identity's own are: both halves lie in the row. */
async function plantedKey(): Promise<Planted | undefined> {
  const row = await schema('identity')('signing_keys')
    .select('kid', 'public_key', 'private_key')
    .where({ generation })
    .where('expires_at', '>', new Date(Date.now() + livesMs / 2))
    .first();
  if (!row) return undefined;
  const half = { kty: 'OKP', crv: 'Ed25519', x: row.public_key };
  const [privateKey, publicKey] = await Promise.all([
    importJWK({ ...half, d: row.private_key }, tokenAlgorithm),
    importJWK(half, tokenAlgorithm, { extractable: true }),
  ]);
  return { kid: row.kid, privateKey: privateKey as CryptoKey, publicKey: publicKey as CryptoKey };
}

async function newKey(): Promise<Planted> {
  const pair = await generateKeyPair(tokenAlgorithm, { extractable: true });
  const { x, d } = await exportJWK(pair.privateKey);
  const kid = newId();
  const keys = schema('identity');
  await keys('signing_keys').where({ generation }).delete();
  await keys('signing_keys').insert({
    kid,
    generation,
    public_key: x,
    private_key: d,
    signs_from: new Date(Date.now() - 1_000),
    expires_at: new Date(Date.now() + livesMs),
  });
  return { kid, ...pair };
}

/** What a person is known by in a request. */
export interface Person {
  id: string;
  headers: { authorization: string };
}

/** A customer with an account, verified, without a password. */
export function newCustomer(key: LiveKey): Promise<Person & { email: string }> {
  return newPerson(key, 'customer', []);
}

/** A member of staff with these roles. */
export function newStaff(key: LiveKey, roles: readonly Role[]): Promise<Person> {
  return newPerson(key, 'staff', roles);
}

/** An account and a session of it, as a login would have left them. */
async function newPerson(key: LiveKey, kind: AccountKind, roles: readonly Role[]) {
  const id = newId();
  const sid = newId();
  const email = `${kind}-${id.toLowerCase()}@example.org`;
  const identity = schema('identity');
  await identity('accounts').insert({
    id,
    kind,
    email,
    email_norm: email,
    name: 'Ada Byron',
    roles: roles.join(','),
    verified_at: new Date(),
  });
  await identity('sessions').insert({ id: sid, account_id: id, expires_at: new Date(Date.now() + livesMs) });
  const token = await key.token({ claims: { sub: id, sid, kind, roles } });
  return { id, email, headers: { authorization: `Bearer ${token}` } };
}

/** Services ask for a name that they do not know every two seconds at most: until then the key is nobody's. */
async function untilKnown(key: LiveKey): Promise<void> {
  const person = await newStaff(key, ['owner']);
  const guarded = (await allRoutes()).filter(
    ({ audience, method, path }) => audience === 'staff' && method === 'GET' && !path.includes('{'),
  );
  const one = [...new Map(guarded.map((route) => [route.service, route])).values()];
  for (const { service, path } of one) {
    await eventually(async () => {
      const url = `http://127.0.0.1:${portsOf(service).app}${path}`;
      const { status } = await fetch(url, { headers: person.headers, signal: AbortSignal.timeout(5_000) });
      return status !== 401;
    });
  }
}
