/** SQL of sessions and their refresh tokens, of which only the hash is kept. */
import type { Executor, Transaction } from '@souk/kit/db';

export interface NewToken {
  tokenHash: string;
  sessionId: string;
  expiresAt: Date;
}

/** Why a session ended before its time. */
export type SessionEnd = 'logout' | 'reuse' | 'password' | 'disabled' | 'roles' | 'erasure';

export async function insertSession(
  tx: Transaction,
  session: { id: string; accountId: string; expiresAt: Date },
): Promise<void> {
  const { id, accountId, expiresAt } = session;
  await tx('sessions').insert({ id, account_id: accountId, expires_at: expiresAt });
}

export async function insertToken(tx: Transaction, token: NewToken): Promise<void> {
  await tx('refresh_tokens').insert({
    token_hash: token.tokenHash,
    session_id: token.sessionId,
    expires_at: token.expiresAt,
  });
}

export interface TokenRow {
  sessionId: string;
  accountId: string;
  expiresAt: Date;
  usedAt: Date | null;
  sessionExpiresAt: Date;
  sessionEndedAt: Date | null;
}

/** A refresh token with its session, locked: of parallel refreshes each sees what the one before it did. */
export async function lockToken(tx: Transaction, tokenHash: string): Promise<TokenRow | undefined> {
  const row = await tx('refresh_tokens as t')
    .join('sessions as s', 's.id', 't.session_id')
    .select('t.session_id', 't.expires_at', 't.used_at')
    .select('s.account_id', 's.expires_at as session_expires_at', 's.ended_at')
    .where({ 't.token_hash': tokenHash })
    .forUpdate()
    .first();
  return (
    row && {
      sessionId: row.session_id,
      accountId: row.account_id,
      expiresAt: row.expires_at,
      usedAt: row.used_at,
      sessionExpiresAt: row.session_expires_at,
      sessionEndedAt: row.ended_at,
    }
  );
}

export async function markTokenUsed(tx: Transaction, tokenHash: string, at: Date): Promise<void> {
  await tx('refresh_tokens').where({ token_hash: tokenHash }).update({ used_at: at });
}

/** Ends one session; one that has ended keeps its first reason. */
export async function endSession(
  executor: Executor,
  id: string,
  { at, by }: { at: Date; by: SessionEnd },
): Promise<void> {
  await executor('sessions').where({ id }).whereNull('ended_at').update({ ended_at: at, ended_by: by });
}

export async function endSessionsOf(
  tx: Transaction,
  accountId: string,
  { at, by }: { at: Date; by: SessionEnd },
): Promise<void> {
  await tx('sessions')
    .where({ account_id: accountId })
    .whereNull('ended_at')
    .update({ ended_at: at, ended_by: by });
}

/** Whether a session lives and its account is in use. */
export async function isSessionLive(executor: Executor, id: string, at: Date): Promise<boolean> {
  const row = await executor('sessions as s')
    .join('accounts as a', 'a.id', 's.account_id')
    .select('s.id')
    .where({ 's.id': id, 'a.state': 'active' })
    .whereNull('s.ended_at')
    .where('s.expires_at', '>', at)
    .first();
  return row !== undefined;
}

/** Forgets sessions and tokens of one account. */
export async function deleteSessionsOf(tx: Transaction, accountId: string): Promise<void> {
  await tx.raw(
    'DELETE t FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id WHERE s.account_id = ?',
    [accountId],
  );
  await tx('sessions').where({ account_id: accountId }).delete();
}

/** Deletes tokens and sessions whose time is over, in bounded batches. */
export async function reapSessions(executor: Executor, at: Date): Promise<void> {
  await executor.raw('DELETE FROM refresh_tokens WHERE expires_at < ? LIMIT 5000', [at]);
  await executor.raw('DELETE FROM sessions WHERE expires_at < ? LIMIT 5000', [at]);
}
