/** Devices that an account has logged in from: they have a limit of their own, and can do nothing else. */
import { createHmac, randomBytes } from 'node:crypto';
import { sameText } from '@souk/kit/token';

/** `{random}.{HMAC over it and the account}`: nothing is stored. */
export const deviceTokenPattern = /^([\w-]{22})\.([\w-]{43})$/;

function signatureOf(key: string, accountId: string, nonce: string): string {
  return createHmac('sha256', key).update(`device:${accountId}:${nonce}`).digest('base64url');
}

/** A token for a device that has just logged in. */
export function newDeviceToken(keys: readonly string[], accountId: string): string {
  const nonce = randomBytes(16).toString('base64url');
  return `${nonce}.${signatureOf(keys[0]!, accountId, nonce)}`;
}

/** The device of a token, if it has logged in to this account before. */
export function deviceOf(
  keys: readonly string[],
  accountId: string | undefined,
  token: string | undefined,
): string | undefined {
  const [, nonce, signature] = deviceTokenPattern.exec(token ?? '') ?? [];
  if (!accountId || !nonce || !signature) return undefined;
  return keys.some((key) => sameText(signatureOf(key, accountId, nonce), signature)) ? nonce : undefined;
}
