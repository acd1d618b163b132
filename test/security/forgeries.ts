/** Tokens as somebody would make them who wants in, and how each of them is refused. */
import { createHmac } from 'node:crypto';
import { newId } from '@souk/kit/identifier';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import type { LiveKey } from '../support/live-tokens.ts';

export interface Forgery {
  what: string;
  /** Header lines to send. */
  headers: string[];
  /** Added to the path. */
  query?: string;
  /** 401 unknown, 403 known but not allowed, 431 too long for the door. */
  status: 401 | 403 | 431;
  /** Whether 401 will do as well: the token is not of the form that ours have. */
  orUnknown?: boolean;
}

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const read = (text: string) => JSON.parse(Buffer.from(text, 'base64url').toString());
const seconds = () => Math.floor(Date.now() / 1_000);

/** Signs anything with HMAC: for verifiers that let the token choose its algorithm. */
function withHmac(header: object, payload: string, key: string | Buffer): string {
  const signed = `${part(header)}.${payload}`;
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
}

/** Every forgery that no route with a token may fall for. `lureUrl` must never be asked for anything. */
export async function forgeries(key: LiveKey, lureUrl: string): Promise<Forgery[]> {
  const refused = (what: string, token: string): Forgery => ({
    what,
    headers: [`authorization: Bearer ${token}`],
    status: 401,
  });
  return [
    ...(await signatures(key)).map(([what, token]) => refused(what, token)),
    ...(await headers(key, lureUrl)).map(([what, token]) => refused(what, token)),
    ...(await claims(key)).map(([what, token]) => refused(what, token)),
    ...(await carriers(key)),
  ];
}

type Named = [what: string, token: string];

async function signatures(key: LiveKey): Promise<Named[]> {
  const good = await key.token({ claims: { kind: 'staff', roles: ['owner'] } });
  const [header = '', payload = '', signature = ''] = good.split('.');
  const { kid } = key;
  const { x = '' } = await exportJWK(key.publicKey);
  const spki = await exportSPKI(key.publicKey);
  const shared = { alg: 'HS256', typ: 'at+jwt', kid };
  const other = await generateKeyPair('EdDSA');
  const otherCurve = await generateKeyPair('ES256');
  const bySomebody = (alg: string, pair: typeof other) =>
    new SignJWT(read(payload)).setProtectedHeader({ alg, typ: 'at+jwt', kid }).sign(pair.privateKey);
  const unsigned = (alg: string) => `${part({ alg, typ: 'at+jwt', kid })}.${payload}.`;
  return [
    ['alg none', unsigned('none')],
    ['alg None', unsigned('None')],
    ['alg NONE with a signature', `${part({ alg: 'NONE', typ: 'at+jwt', kid })}.${payload}.${signature}`],
    ['alg none without kid', new UnsecuredJWT(read(payload)).encode()],
    ['no alg', `${part({ typ: 'at+jwt', kid })}.${payload}.${signature}`],
    ['HS256 with the public key, PEM', withHmac(shared, payload, spki)],
    ['HS256 with the public key, raw', withHmac(shared, payload, Buffer.from(x, 'base64url'))],
    ['HS256 with the public key, base64url', withHmac(shared, payload, x)],
    ['HS256 with an empty key', withHmac(shared, payload, '')],
    ['another key under the right name', await bySomebody('EdDSA', other)],
    ['another curve under the right name', await bySomebody('ES256', otherCurve)],
    ['signature cut short', good.slice(0, -6)],
    ['signature empty', `${header}.${payload}.`],
    ['signature missing', `${header}.${payload}`],
    ['signature of zeros', `${header}.${payload}.${Buffer.alloc(64).toString('base64url')}`],
    ['signature of another token', `${header}.${payload}.${(await key.token()).split('.')[2]}`],
    [
      'claims changed under the signature',
      `${header}.${part({ ...read(payload), sub: newId() })}.${signature}`,
    ],
    ['a fourth part', `${good}.${signature}`],
    ['10 kB', `${good}${'A'.repeat(10_000)}`],
  ];
}

async function headers(key: LiveKey, lureUrl: string): Promise<Named[]> {
  const other = await generateKeyPair('EdDSA', { extractable: true });
  const jwk = { ...(await exportJWK(other.publicKey)), kid: key.kid };
  const goodClaims = read((await key.token()).split('.')[1]!);
  const byOther = (header: object) =>
    new SignJWT(goodClaims)
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: key.kid, ...header })
      .sign(other.privateKey);
  const byKid = async (kid: string | undefined) => key.token({ header: { kid } });
  const crit = await key.token().then((token) => {
    const [header = '', payload = '', signature = ''] = token.split('.');
    return `${part({ ...read(header), crit: ['souk'], souk: 1 })}.${payload}.${signature}`;
  });
  return [
    ['jwk in the header', await byOther({ jwk })],
    ['jku in the header', await byOther({ jku: `${lureUrl}/jwks` })],
    ['x5u in the header', await byOther({ x5u: `${lureUrl}/x5u` })],
    ['x5c in the header', await byOther({ x5c: ['AAAA'] })],
    ['an unknown crit', crit],
    ['unknown kid', await byKid(newId())],
    ['kid missing', await byKid(undefined)],
    ['kid empty', await byKid('')],
    ['kid with a path', await byKid(`../../${key.kid}`)],
    ['kid /dev/null', await byKid('/dev/null')],
    ['kid with SQL', await byKid(`x' UNION SELECT '${key.kid}`)],
    ['kid with a zero', await byKid(`${key.kid}\u0000`)],
    ['kid __proto__', await byKid('__proto__')],
    ['typ missing', await key.token({ header: { typ: undefined } })],
    ['typ JWT', await key.token({ header: { typ: 'JWT' } })],
    ['typ of a refresh token', await key.token({ header: { typ: 'rt+jwt' } })],
    ['typ of an ID token', await key.token({ header: { typ: 'id_token+jwt' } })],
  ];
}

async function claims(key: LiveKey): Promise<Named[]> {
  const wrong: [string, Record<string, unknown>][] = [
    ['expired', { exp: seconds() - 60 }],
    ['expired by more than clocks differ', { exp: seconds() - 7 }],
    ['exp in words', { exp: 'never' }],
    ['exp missing', { exp: undefined }],
    ['nbf ahead', { nbf: seconds() + 60 }],
    ['iss of somebody else', { iss: 'https://elsewhere.example' }],
    ['iss missing', { iss: undefined }],
    ['aud of somebody else', { aud: 'another-api' }],
    ['aud missing', { aud: undefined }],
    ['sub missing', { sub: undefined }],
    ['sub with SQL', { sub: "' OR 1=1 --" }],
    ['sid missing', { sid: undefined }],
    ['jti missing', { jti: undefined }],
    ['iat missing', { iat: undefined }],
    ['kind missing', { kind: undefined }],
    ['kind admin', { kind: 'admin' }],
    ['kind a list', { kind: ['staff', 'customer'] }],
  ];
  return Promise.all(
    wrong.map(async ([what, changed]): Promise<Named> => [what, await key.token({ claims: changed })]),
  );
}

/** A good token, brought in another way than the one way there is. */
async function carriers(key: LiveKey): Promise<Forgery[]> {
  const good = await key.token({ claims: { kind: 'staff', roles: ['owner'] } });
  const bad = `${good.slice(0, -6)}AAAAAA`;
  const unknown = (what: string, ...headers: string[]): Forgery => ({ what, headers, status: 401 });
  return [
    { what: 'token in the query', headers: [], query: `access_token=${good}`, status: 401 },
    unknown('token in a cookie', `cookie: access_token=${good}; token=${good}`),
    unknown('token in another header', `x-access-token: ${good}`, `x-authorization: Bearer ${good}`),
    unknown('no scheme', `authorization: ${good}`),
    unknown('scheme Basic', `authorization: Basic ${good}`),
    unknown('scheme Token', `authorization: Token ${good}`),
    unknown('two blanks', `authorization: Bearer  ${good}`),
    unknown('a blank within', `authorization: Bearer ${good.slice(0, 20)} ${good.slice(20)}`),
    unknown('two tokens in one header', `authorization: Bearer ${good} ${good}`),
    unknown('two tokens with a comma', `authorization: Bearer ${bad}, Bearer ${good}`),
    unknown(
      'two headers, the bad one first',
      `authorization: Bearer ${bad}`,
      `authorization: Bearer ${good}`,
    ),
    unknown('quotes around it', `authorization: Bearer "${good}"`),
    unknown('padding after it', `authorization: Bearer ${good}=`),
    unknown('an empty token', 'authorization: Bearer '),
    unknown('an empty header', 'authorization: '),
    { what: '100 kB', headers: [`authorization: Bearer ${'A'.repeat(100_000)}`], status: 431 },
  ];
}

/** Good tokens of people who try to be somebody else: known, and refused all the same, where staff is asked for. */
export async function pretenders(key: LiveKey): Promise<Forgery[]> {
  const tries: [string, Record<string, unknown>][] = [
    ['a customer with roles', { kind: 'customer', roles: ['owner'] }],
    ['staff without roles', { kind: 'staff', roles: [] }],
    ['staff, roles missing', { kind: 'staff', roles: undefined }],
    ['a role that does not exist', { kind: 'staff', roles: ['root', 'admin', '*'] }],
    ['a role in another case', { kind: 'staff', roles: ['Owner', 'OWNER', ' owner'] }],
    ["a role of the language's own", { kind: 'staff', roles: ['__proto__', 'constructor', 'toString'] }],
    ['roles as a text', { kind: 'staff', roles: 'owner' }],
    ['roles in roles', { kind: 'staff', roles: [['owner']] }],
    ['permissions in the token', { kind: 'staff', roles: [], permissions: ['audit.read'], scope: 'owner' }],
  ];
  return Promise.all(
    tries.map(async ([what, changed]): Promise<Forgery> => {
      const token = await key.token({ claims: changed });
      const orUnknown = !Array.isArray(changed.roles) || changed.roles.some(Array.isArray);
      return { what, headers: [`authorization: Bearer ${token}`], status: 403, orUnknown };
    }),
  );
}
