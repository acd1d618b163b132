/** Access tokens: one form is accepted, and whatever differs from it anywhere is not. */
import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { signedToken, testKeys } from '../../../test/support/tokens.ts';
import { callerOf, requireCaller } from '../src/auth.ts';
import { Refusal } from '../src/problem.ts';
import type { Caller, Route } from '../src/routes.ts';

const ask = async (token: string) => callerOf(`Bearer ${token}`, testKeys);
const seconds = () => Math.floor(Date.now() / 1_000);
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('an access token', () => {
  it('says who asks', async () => {
    const token = await signedToken({
      claims: { sub: '01J00000000000000000000001', kind: 'staff', roles: ['owner'] },
    });
    expect(await ask(token)).toMatchObject({
      kind: 'staff',
      id: '01J00000000000000000000001',
      roles: ['owner'],
    });
  });

  it('is not needed: without a header nobody asks', async () => {
    expect(await callerOf(undefined, testKeys)).toEqual({ kind: 'nobody' });
  });

  it('gives a customer no roles, whatever it says', async () => {
    expect(await ask(await signedToken({ claims: { roles: ['owner'] } }))).toMatchObject({ roles: [] });
  });

  it('may be a few seconds late, and no more', async () => {
    await expect(ask(await signedToken({ claims: { exp: seconds() - 3 } }))).resolves.toBeDefined();
    await expect(ask(await signedToken({ claims: { exp: seconds() - 8 } }))).rejects.toThrow('unauthorised');
  });

  const wrongClaims: Record<string, Record<string, unknown>> = {
    'another issuer': { iss: 'elsewhere' },
    'another audience': { aud: 'other-api' },
    'no audience': { aud: undefined },
    'no end': { exp: undefined },
    'an end in words': { exp: 'never' },
    'a begin to come': { nbf: seconds() + 60 },
    'no subject': { sub: undefined },
    'a subject that is no id': { sub: "' OR 1=1 --" },
    'no session': { sid: undefined },
    'no kind': { kind: undefined },
    'an unknown kind': { kind: 'admin' },
    'no name of its own': { jti: undefined },
  };
  it.each(Object.entries(wrongClaims))('with %s is refused', async (_name, claims) => {
    await expect(ask(await signedToken({ claims }))).rejects.toThrow('unauthorised');
  });

  const wrongHeaders: Record<string, Record<string, unknown>> = {
    'another type': { typ: 'JWT' },
    'no type': { typ: undefined },
    'an unknown key': { kid: 'other' },
    'a path as key': { kid: '../../test-key' },
    'no key': { kid: undefined },
  };
  it.each(Object.entries(wrongHeaders))('with %s in its header is refused', async (_name, header) => {
    await expect(ask(await signedToken({ header }))).rejects.toThrow('unauthorised');
  });

  it('of another key, with the key offered in the header, is refused', async () => {
    const { privateKey } = await generateKeyPair('EdDSA');
    for (const header of [{}, { jku: 'http://127.0.0.1/jwks' }, { x5u: 'http://127.0.0.1/x' }, { jwk: {} }]) {
      await expect(ask(await signedToken({ key: privateKey, header }))).rejects.toThrow('unauthorised');
    }
  });

  it('without or with a symmetric signature is refused', async () => {
    const good = await signedToken();
    const [header, payload, signature] = good.split('.') as [string, string, string];
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const shared = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', kid: 'test-key', typ: 'at+jwt' })
      .sign(Buffer.from('test-key-test-key-test-key-test-key'));
    const forged = [
      new UnsecuredJWT(claims).encode(),
      `${part({ alg: 'none', typ: 'at+jwt', kid: 'test-key' })}.${payload}.`,
      `${part({ alg: 'None', typ: 'at+jwt', kid: 'test-key' })}.${payload}.${signature}`,
      shared,
      `${part({ alg: 'EdDSA', typ: 'at+jwt', kid: 'test-key', crit: ['x'], x: 1 })}.${payload}.${signature}`,
      `${header}.${payload}.`,
      `${header}.${payload}`,
      `${header}.${payload}.${signature.slice(0, -4)}`,
      `${header}.${part({ ...claims, kind: 'staff', roles: ['owner'] })}.${signature}`,
      'a'.repeat(100_000),
      '',
    ];
    for (const token of forged) await expect(ask(token)).rejects.toThrow('unauthorised');
  });

  it('that cannot be checked now is not called wrong', async () => {
    const away = { find: () => Promise.reject(new Refusal('unavailable')) };
    await expect(callerOf(`Bearer ${await signedToken()}`, away)).rejects.toThrow('unavailable');
  });
});

describe('a route', () => {
  const route = (over: Partial<Route>) =>
    ({ audience: 'staff', permission: 'stock.write', ...over }) as Route;
  const caller = (kind: 'customer' | 'staff', roles: string[] = []): Caller => ({
    kind,
    id: 'x',
    sessionId: 'x',
    roles,
  });

  it('for staff asks for its permission', () => {
    expect(() => requireCaller(route({}), caller('staff', ['warehouse']))).not.toThrow();
    expect(() => requireCaller(route({}), caller('staff', ['support']))).toThrow('forbidden');
    expect(() => requireCaller(route({}), caller('staff', ['constructor', '__proto__']))).toThrow(
      'forbidden',
    );
    expect(() => requireCaller(route({}), caller('customer'))).toThrow('forbidden');
    expect(() => requireCaller(route({}), { kind: 'nobody' })).toThrow('unauthorised');
  });

  it('for staff that names no permission is for nobody', () => {
    const unnamed = { audience: 'staff' } as Route;
    expect(() => requireCaller(unnamed, caller('staff', ['owner']))).toThrow('forbidden');
  });

  it('for customers is not for staff', () => {
    expect(() => requireCaller(route({ audience: 'customer' }), caller('customer'))).not.toThrow();
    expect(() => requireCaller(route({ audience: 'customer' }), caller('staff', ['owner']))).toThrow(
      'forbidden',
    );
  });
});
