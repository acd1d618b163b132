/** Who is asking: access tokens (RFC 9068, RFC 8725), checked the same way in front of every route that needs a caller. */
import {
  type AccountKind,
  tokenAlgorithm,
  tokenAudience,
  tokenIssuer,
  tokenType,
} from '@souk/contracts/access-token';
import { mayDo } from '@souk/contracts/permissions';
import { type CryptoKey, type JWTPayload, jwtVerify } from 'jose';
import { asRefusal, Refusal, refuse } from './problem.ts';
import type { Caller, Route } from './routes.ts';

/** Where public keys come from. */
export interface KeySource {
  /** The key of that name; undefined if there is none. Throws `unavailable` when it cannot be known. */
  find(kid: string): Promise<CryptoKey | undefined>;
}

/** Longer than any of ours; nothing longer is parsed. */
const maxTokenLength = 2_048;
/** Clocks of two machines may differ by this much. */
const clockToleranceSeconds = 5;
const kidPattern = /^[0-9A-Za-z_-]{1,64}$/;
const subjectPattern = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

export const nobody: Caller = Object.freeze({ kind: 'nobody' });

/** Reads an Authorization header; no header is `nobody`, anything else but a good token is refused with `unauthorised`. */
export async function callerOf(authorization: string | undefined, keys: KeySource): Promise<Caller> {
  if (authorization === undefined) return nobody;
  const token = /^Bearer ([\w.-]+)$/i.exec(authorization)?.[1];
  if (!token || token.length > maxTokenLength) return refuse('unauthorised');
  return callerIn(await payloadOf(token, keys));
}

async function payloadOf(token: string, keys: KeySource): Promise<JWTPayload> {
  const find = async ({ kid }: { kid?: string }) => {
    const key = kid !== undefined && kidPattern.test(kid) ? await keys.find(kid) : undefined;
    return key ?? refuse('unauthorised');
  };
  try {
    // The key comes from our own set by its name; whatever else the header offers (jku, jwk, x5u) is not looked at.
    const { payload } = await jwtVerify(token, find, {
      algorithms: [tokenAlgorithm],
      issuer: tokenIssuer,
      audience: tokenAudience,
      typ: tokenType,
      clockTolerance: clockToleranceSeconds,
      requiredClaims: ['sub', 'iat', 'exp', 'jti', 'sid', 'kind'],
    });
    return payload;
  } catch (error) {
    if (asRefusal(error).code === 'unavailable') throw error;
    throw new Refusal('unauthorised', 'The access token is not valid.');
  }
}

function callerIn({ sub, sid, kind, roles }: JWTPayload): Caller {
  const known = (value: unknown): value is string => typeof value === 'string' && subjectPattern.test(value);
  if (!known(sub) || !known(sid) || (kind !== 'customer' && kind !== 'staff')) return refuse('unauthorised');
  const granted = Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : [];
  return {
    kind: kind satisfies AccountKind,
    id: sub,
    sessionId: sid,
    roles: kind === 'staff' ? granted : [],
  };
}

/** Refuses (401, 403) a caller whom the route is not for. */
export function requireCaller({ audience, permission }: Route, caller: Caller): void {
  if (audience !== 'customer' && audience !== 'staff') return;
  if (caller.kind === 'nobody') refuse('unauthorised');
  if (caller.kind !== audience) refuse('forbidden');
  if (audience === 'staff' && !(permission && mayDo(caller.roles, permission))) refuse('forbidden');
}

/** The customer who asks; undefined for guests and staff. */
export function customerIdOf(caller: Caller): string | undefined {
  return caller.kind === 'customer' ? caller.id : undefined;
}
