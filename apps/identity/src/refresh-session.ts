/**
 * Refreshing: each token works once. A used one that comes again was copied, so its whole family ends, whoever sent it
 * (RFC 9700 4.14). Within two seconds of its use it is only refused: that is one client's two tabs or its impatient
 * retry, which must not throw its owner out, and a thief gains nothing, because only the first of them got a new token.
 */
import { inTransaction, type Transaction } from '@souk/kit/db';
import { refuse } from '@souk/kit/problem';
import type { Account } from './account.ts';
import { findAccount } from './account-store.ts';
import type { IdentityDeps } from './identity-deps.ts';
import { addToken, refreshTokenHash, sessionView } from './session.ts';
import { endSession, lockToken, markTokenUsed, type TokenRow } from './session-store.ts';

export const graceMs = 2_000;

type Outcome =
  | { kind: 'refreshed'; account: Account; sessionId: string; refreshToken: string }
  | { kind: 'refused' }
  | { kind: 'reused'; sessionId: string; accountId: string };

/** A new pair of tokens for a refresh token; anything but a live one is refused with `unauthorised`. */
export async function refreshSession(deps: IdentityDeps, token: string) {
  const tokenHash = refreshTokenHash(token);
  const outcome = await inTransaction(deps.db, (tx) => refresh(tx, deps, tokenHash));
  if (outcome.kind === 'refreshed') return sessionView(deps, outcome.account, outcome);
  if (outcome.kind === 'reused') {
    deps.log.warn('session.reused', { accountId: outcome.accountId });
  }
  return refuse('unauthorised', 'The refresh token is not valid: log in again.');
}

/** Answers instead of throwing, so that the end of a family is committed. */
async function refresh(tx: Transaction, deps: IdentityDeps, tokenHash: string): Promise<Outcome> {
  const at = deps.now();
  const row = await lockToken(tx, tokenHash);
  if (!row || row.sessionEndedAt || row.sessionExpiresAt <= at) return { kind: 'refused' };
  if (row.usedAt) return reused(tx, row, at);
  const account = await findAccount(tx, row.accountId);
  if (row.expiresAt <= at || account?.state !== 'active') return { kind: 'refused' };
  const { sessionId, sessionExpiresAt: expiresAt } = row;
  await markTokenUsed(tx, tokenHash, at);
  const refreshToken = await addToken(tx, { sessionId, expiresAt, kind: account.kind, at });
  return { kind: 'refreshed', account, sessionId, refreshToken };
}

async function reused(tx: Transaction, row: TokenRow, at: Date): Promise<Outcome> {
  if (at.getTime() - row.usedAt!.getTime() < graceMs) return { kind: 'refused' };
  await endSession(tx, row.sessionId, { at, by: 'reuse' });
  return { kind: 'reused', sessionId: row.sessionId, accountId: row.accountId };
}
