/** Access tokens (RFC 9068): what every service learns about the caller, for ten minutes. */
import {
  type AccountKind,
  accessTokenSeconds,
  tokenAlgorithm,
  tokenAudience,
  tokenIssuer,
  tokenType,
} from '@souk/contracts/access-token';
import { SignJWT } from 'jose';
import type { IdentityDeps } from './identity-deps.ts';

export interface Bearer {
  accountId: string;
  sessionId: string;
  kind: AccountKind;
  roles: readonly string[];
}

/** Signs a token; it lives {@link accessTokenSeconds}. */
export async function signAccessToken(
  { keys, now, newId }: Pick<IdentityDeps, 'keys' | 'now' | 'newId'>,
  { accountId, sessionId, kind, roles }: Bearer,
): Promise<string> {
  const { kid, key } = await keys.signing();
  const issuedAt = Math.floor(now().getTime() / 1_000);
  return new SignJWT({ sid: sessionId, kind, roles: [...roles] })
    .setProtectedHeader({ alg: tokenAlgorithm, typ: tokenType, kid })
    .setIssuer(tokenIssuer)
    .setAudience(tokenAudience)
    .setSubject(accountId)
    .setJti(newId())
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + accessTokenSeconds)
    .sign(key);
}
