/** Tokens that any process can rebuild from an id and a key: proof that a guest owns a cart or an order. */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a token is for; a token of one purpose is worthless for another. */
export type TokenPurpose = 'cart' | 'order';

/** HMAC-SHA256 over purpose and id, base64url, 43 characters. */
export function signToken(key: string, purpose: TokenPurpose, id: string): string {
  return createHmac('sha256', key).update(`${purpose}:${id}`).digest('base64url');
}

/** Compares in constant time; `undefined` never matches. `keys` are the current one and those still accepted. */
export function tokenMatches(
  keys: readonly string[],
  purpose: TokenPurpose,
  id: string,
  token?: string,
): boolean {
  if (token === undefined) return false;
  return keys.some((key) => sameText(signToken(key, purpose, id), token));
}

/** Constant-time comparison of two texts; their lengths may leak. */
export function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
