/** SQL of links that go out by mail; none holds a token: that is computed from the row's id. */
import type { Executor, Transaction } from '@souk/kit/db';

export type LinkKind = 'email-verification' | 'password-reset' | 'account-exists' | 'staff-invitation';

export interface Link {
  id: string;
  accountId: string;
  kind: LinkKind;
  /** What the registration wanted; only of a verification. */
  wantedName: string | null;
  wantedHash: string | null;
  expiresAt: Date;
  usedAt: Date | null;
}

export async function insertLink(tx: Transaction, link: Omit<Link, 'usedAt'>): Promise<void> {
  await tx('account_links').insert({
    id: link.id,
    account_id: link.accountId,
    kind: link.kind,
    wanted_name: link.wantedName,
    wanted_hash: link.wantedHash,
    expires_at: link.expiresAt,
  });
}

export async function findLink(executor: Executor, id: string): Promise<Link | undefined> {
  const row = await executor('account_links')
    .select('id', 'account_id', 'kind', 'wanted_name', 'wanted_hash', 'expires_at', 'used_at')
    .where({ id })
    .first();
  return (
    row && {
      id: row.id,
      accountId: row.account_id,
      kind: row.kind,
      wantedName: row.wanted_name,
      wantedHash: row.wanted_hash,
      expiresAt: row.expires_at,
      usedAt: row.used_at,
    }
  );
}

/** True for the one who uses it; never twice, and not after its time. */
export async function useLink(tx: Transaction, id: string, at: Date): Promise<boolean> {
  const used = await tx('account_links')
    .where({ id })
    .whereNull('used_at')
    .where('expires_at', '>', at)
    .update({ used_at: at, wanted_name: null, wanted_hash: null });
  return used === 1;
}

/** Makes every open link of an account worthless. */
export async function useLinksOf(tx: Transaction, accountId: string, at: Date): Promise<void> {
  await tx('account_links')
    .where({ account_id: accountId })
    .whereNull('used_at')
    .update({ used_at: at, wanted_name: null, wanted_hash: null });
}

export async function deleteLinksOf(tx: Transaction, accountId: string): Promise<void> {
  await tx('account_links').where({ account_id: accountId }).delete();
}

/** Deletes links whose time is over, in bounded batches. */
export async function reapLinks(executor: Executor, at: Date): Promise<void> {
  await executor.raw('DELETE FROM account_links WHERE expires_at < ? LIMIT 5000', [at]);
}
