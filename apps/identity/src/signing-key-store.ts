/** SQL of signing keys. */
import type { Executor, Transaction } from '@souk/kit/db';

export interface SigningKey {
  kid: string;
  /** 1, 2, …; unique, so that two processes cannot both make the next one. */
  generation: number;
  /** The point x of RFC 8037, base64url. */
  publicKey: string;
  /** PKCS #8, wrapped. */
  privateKey: string;
  signsFrom: Date;
  /** When its last token has expired; null while it has no successor. */
  expiresAt: Date | null;
}

const columns = ['kid', 'generation', 'public_key', 'private_key', 'signs_from', 'expires_at'] as const;

/** Keys whose tokens may still be good, oldest first. */
export async function listLiveKeys(executor: Executor, at: Date): Promise<SigningKey[]> {
  const rows = await executor('signing_keys')
    .select(...columns)
    .where((row) => row.whereNull('expires_at').orWhere('expires_at', '>', at))
    .orderBy('generation');
  return rows.map(toKey);
}

/** The newest generation there ever was, locked until the transaction ends; 0 if there is none. */
export async function lockGeneration(tx: Transaction): Promise<number> {
  const row = await tx('signing_keys').select('generation').orderBy('generation', 'desc').forUpdate().first();
  return row?.generation ?? 0;
}

export async function newestGeneration(executor: Executor): Promise<number> {
  const row = await executor('signing_keys').max('generation as generation').first();
  return row?.generation ?? 0;
}

/** Adds a key, unless another process was faster with this generation. */
export async function insertKey(executor: Executor, key: SigningKey): Promise<void> {
  await executor('signing_keys')
    .insert({
      kid: key.kid,
      generation: key.generation,
      public_key: key.publicKey,
      private_key: key.privateKey,
      signs_from: key.signsFrom,
      expires_at: key.expiresAt,
    })
    .onConflict('generation')
    .ignore();
}

/** Keys without an end get one. */
export async function expireOpenKeys(tx: Transaction, at: Date): Promise<void> {
  await tx('signing_keys').whereNull('expires_at').update({ expires_at: at });
}

/** Deletes keys whose tokens have all expired; the newest generation has no end and stays. */
export async function reapKeysBefore(executor: Executor, at: Date): Promise<void> {
  await executor('signing_keys').where('expires_at', '<', at).delete();
}

function toKey(row: Record<string, unknown>): SigningKey {
  return {
    kid: row.kid,
    generation: row.generation,
    publicKey: row.public_key,
    privateKey: row.private_key,
    signsFrom: row.signs_from,
    expiresAt: row.expires_at,
  } as SigningKey;
}
