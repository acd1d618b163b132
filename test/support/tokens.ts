/** Access tokens for tests of one service: signed by keys of the test's own, in the form that identity gives. */
import {
  accessTokenSeconds,
  tokenAlgorithm,
  tokenAudience,
  tokenIssuer,
  tokenType,
} from '@souk/contracts/access-token';
import type { Role } from '@souk/contracts/permissions';
import type { KeySource } from '@souk/kit/auth';
import { newId } from '@souk/kit/identifier';
import { type CryptoKey, generateKeyPair, SignJWT } from 'jose';

const pair = await generateKeyPair(tokenAlgorithm);
const kid = 'test-key';

/** Knows the one key that these tokens are signed with. */
export const testKeys: KeySource = { find: async (name) => (name === kid ? pair.publicKey : undefined) };

/** Whatever a test wants to differ from a good token. */
export interface TokenParts {
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
  key?: CryptoKey;
}

/** A token with good claims, but for `parts`; a claim that is `undefined` is left out. */
export async function signedToken({
  claims,
  header,
  key = pair.privateKey,
}: TokenParts = {}): Promise<string> {
  const nowSeconds = Math.floor(Date.now() / 1_000);
  const good = {
    iss: tokenIssuer,
    aud: tokenAudience,
    sub: newId(),
    sid: newId(),
    jti: newId(),
    iat: nowSeconds,
    exp: nowSeconds + accessTokenSeconds,
    kind: 'customer',
    roles: [],
  };
  return new SignJWT({ ...good, ...claims })
    .setProtectedHeader({ alg: tokenAlgorithm, kid, typ: tokenType, ...header })
    .sign(key);
}

/** The Authorization header of a customer. */
export async function asCustomer(id: string = newId()): Promise<{ authorization: string }> {
  return { authorization: `Bearer ${await signedToken({ claims: { sub: id } })}` };
}

/** The Authorization header of a member of staff. */
export async function asStaff(
  roles: Role[] = ['owner'],
  id: string = newId(),
): Promise<{ authorization: string }> {
  return { authorization: `Bearer ${await signedToken({ claims: { sub: id, kind: 'staff', roles } })}` };
}
