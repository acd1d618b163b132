/** Identity's public keys, asked for through the sidecar and remembered: a rotation is noticed by its new name. */
import { type CryptoKey, importJWK, type JWK } from 'jose';
import type { KeySource } from './auth.ts';
import type { Dapr } from './dapr.ts';

/** A key that was taken away is forgotten within this time. */
const freshMs = 60_000;
/** Names that nobody knows, and an identity that is away, cause no more questions than one in this time. */
const askAgainMs = 2_000;
const timeoutMs = 2_000;

/** Keeps what it knows while identity is away: tokens that were good stay good. */
export function neighbourKeys(dapr: Pick<Dapr, 'invoke'>, nowMs: () => number = Date.now): KeySource {
  let known = new Map<string, CryptoKey>();
  let askedMs = Number.NEGATIVE_INFINITY;
  let failedMs = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | undefined;

  const ask = async () => {
    const { keys } = await dapr.invoke<{ keys: (JWK & { kid: string })[] }>({
      app: 'identity',
      method: 'GET',
      path: '/internal/jwks',
      timeoutMs,
    });
    const read = await Promise.all(
      keys.map(async (jwk) => [jwk.kid, (await importJWK(jwk, 'EdDSA')) as CryptoKey] as const),
    );
    known = new Map(read);
    askedMs = nowMs();
  };
  const askOnce = () => {
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  };

  return {
    async find(kid) {
      const found = known.get(kid);
      const ageMs = nowMs() - askedMs;
      if (found && (ageMs < freshMs || nowMs() - failedMs < askAgainMs)) return found;
      if (!found && ageMs < askAgainMs) return undefined;
      try {
        await askOnce();
      } catch (error) {
        failedMs = nowMs();
        if (found) return found;
        throw error;
      }
      return known.get(kid);
    },
  };
}
