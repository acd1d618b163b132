/** How private keys lie in the database: AES-256-GCM under a key derived from the secret `identity-key`. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const cipher = 'aes-256-gcm';
const keyOf = (secret: string) => Buffer.from(hkdfSync('sha256', secret, '', 'souk signing keys', 32));

/** Encrypts under the secret's first value; `name` is bound in, so that rows cannot be exchanged. */
export function wrap(secrets: readonly string[], name: string, plain: Buffer): string {
  const iv = randomBytes(12);
  const encryption = createCipheriv(cipher, keyOf(secrets[0]!), iv).setAAD(Buffer.from(name));
  const sealed = Buffer.concat([encryption.update(plain), encryption.final()]);
  return [iv, encryption.getAuthTag(), sealed].map((part) => part.toString('base64url')).join('.');
}

/** Decrypts with whichever value fits; undefined if none does. */
export function unwrap(secrets: readonly string[], name: string, wrapped: string): Buffer | undefined {
  const [iv, tag, sealed] = wrapped.split('.').map((part) => Buffer.from(part, 'base64url'));
  if (!iv || !tag || !sealed) return undefined;
  for (const secret of secrets) {
    try {
      const decryption = createDecipheriv(cipher, keyOf(secret), iv, { authTagLength: 16 });
      decryption.setAAD(Buffer.from(name)).setAuthTag(tag);
      return Buffer.concat([decryption.update(sealed), decryption.final()]);
    } catch {
      // Another value of the secret may fit.
    }
  }
  return undefined;
}
