/** The signing keys as one process knows them: a copy of the table, read again every few seconds and when in doubt. */
import { accessTokenSeconds, tokenAlgorithm } from '@souk/contracts/access-token';
import type { KeySource } from '@souk/kit/auth';
import type { Transaction } from '@souk/kit/db';
import { type CryptoKey, exportJWK, exportPKCS8, generateKeyPair, importJWK, importPKCS8 } from 'jose';
import type { IdentityDeps } from './identity-deps.ts';
import { unwrap, wrap } from './key-wrapping.ts';
import {
  expireOpenKeys,
  insertKey,
  listLiveKeys,
  lockGeneration,
  newestGeneration,
  type SigningKey,
} from './signing-key-store.ts';

export interface KeyRing extends KeySource {
  /** The key that signs now; the first one is made when there is none. */
  signing(): Promise<{ kid: string; key: CryptoKey }>;
  /** Public keys for whoever checks tokens (RFC 7517). */
  published(): Promise<{ kid: string; [member: string]: string }[]>;
}

export type KeyDeps = Pick<IdentityDeps, 'db' | 'now' | 'newId' | 'log' | 'config' | 'identityKeys'>;

/** An unknown name causes no more than one look at the table in this time. */
const doubtMs = 500;
/** Beyond the life of its last token: what other machines' clocks may be slow. */
const marginSeconds = 60;

const jwkOf = ({ kid, publicKey }: SigningKey) => ({
  ...{ kty: 'OKP', crv: 'Ed25519', x: publicKey, kid, alg: tokenAlgorithm, use: 'sig' },
});

export function createKeyRing(deps: KeyDeps): KeyRing {
  let rows: SigningKey[] = [];
  let readAtMs = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;

  const read = async () => {
    rows = await listLiveKeys(deps.db, deps.now());
    readAtMs = performance.now();
  };
  const readWhenOlder = async (maxAgeMs: number) => {
    if (performance.now() - readAtMs <= maxAgeMs) return;
    reading ??= read().finally(() => {
      reading = undefined;
    });
    // While the database is away, what was good stays good.
    await reading.catch((error: Error) => {
      if (rows.length === 0) throw error;
    });
  };
  const usable = async () => {
    const at = deps.now();
    for (const row of rows.filter(({ signsFrom }) => signsFrom <= at).reverse()) {
      const plain = unwrap(deps.identityKeys, row.kid, row.privateKey);
      if (plain) return { kid: row.kid, key: await importPKCS8(plain.toString(), tokenAlgorithm) };
      deps.log.error('key.unreadable', { key: row.kid });
    }
    return undefined;
  };
  const isDue = ({ signsFrom, expiresAt }: SigningKey) =>
    signsFrom <= deps.now() && (expiresAt === null || expiresAt > deps.now());
  let current: { until: SigningKey | undefined; key: { kid: string; key: CryptoKey } } | undefined;

  return {
    async signing() {
      await readWhenOlder(deps.config.KEY_REREAD_MS);
      const newest = rows.findLast(isDue);
      if (current && newest && current.until?.kid === newest.kid) return current.key;
      let key = await usable();
      if (!key) {
        await addKey(deps);
        await read();
        key = await usable();
      }
      if (!key) throw new Error('no signing key can be read');
      current = { until: rows.findLast(isDue), key };
      return key;
    },
    async published() {
      await readWhenOlder(deps.config.KEY_REREAD_MS);
      return rows.map(jwkOf);
    },
    async find(kid) {
      await readWhenOlder(deps.config.KEY_REREAD_MS);
      if (!rows.some((row) => row.kid === kid)) await readWhenOlder(doubtMs);
      const row = rows.find((known) => known.kid === kid);
      return row && ((await importJWK(jwkOf(row), tokenAlgorithm)) as CryptoKey);
    },
  };
}

/** Makes a key that signs at once: the first of all, or one for keys that the secret no longer opens. */
async function addKey(deps: KeyDeps): Promise<void> {
  const generation = (await newestGeneration(deps.db)) + 1;
  await insertKey(deps.db, { ...(await newKey(deps)), generation, signsFrom: deps.now(), expiresAt: null });
}

export type KeyMaterial = Pick<SigningKey, 'kid' | 'publicKey' | 'privateKey'>;

/** A new pair of keys, the private one wrapped. */
export async function newKey({ newId, identityKeys }: KeyDeps): Promise<KeyMaterial> {
  const kid = newId();
  const pair = await generateKeyPair(tokenAlgorithm, { crv: 'Ed25519', extractable: true });
  const { x = '' } = await exportJWK(pair.publicKey);
  const plain = Buffer.from(await exportPKCS8(pair.privateKey));
  return { kid, publicKey: x, privateKey: wrap(identityKeys, kid, plain) };
}

/**
 * Puts a key next: it is published now, signs once every neighbour has heard of it, and its predecessors stay published
 * until their last token has expired. Answers from when it signs.
 */
export async function putNext(tx: Transaction, deps: KeyDeps, material: KeyMaterial): Promise<Date> {
  const generation = (await lockGeneration(tx)) + 1;
  const signsFrom = new Date(deps.now().getTime() + deps.config.KEY_AHEAD_SECONDS * 1_000);
  await expireOpenKeys(tx, new Date(signsFrom.getTime() + (accessTokenSeconds + marginSeconds) * 1_000));
  await insertKey(tx, { ...material, generation, signsFrom, expiresAt: null });
  return signsFrom;
}
