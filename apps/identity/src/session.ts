/** A session: a family of refresh tokens, each good for one refresh, and how long all of it may last. */
import { createHash, randomBytes } from 'node:crypto';
import { type AccountKind, accessTokenSeconds } from '@souk/contracts/access-token';
import type { Transaction } from '@souk/kit/db';
import { signAccessToken } from './access-token.ts';
import type { Account } from './account.ts';
import type { IdentityDeps } from './identity-deps.ts';
import { insertSession, insertToken } from './session-store.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** How long a session lives at most, and without a refresh. */
export const sessionLife: Readonly<Record<AccountKind, { absoluteMs: number; idleMs: number }>> = {
  customer: { absoluteMs: 30 * dayMs, idleMs: 7 * dayMs },
  staff: { absoluteMs: 12 * 60 * minuteMs, idleMs: 30 * minuteMs },
};

/** What is kept of a refresh token. It has 256 random bits: nothing slower than SHA-256 is needed. */
export function refreshTokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Begins a session for an account that the transaction holds; answers its first refresh token. */
export async function beginSession(
  tx: Transaction,
  { now, newId }: Pick<IdentityDeps, 'now' | 'newId'>,
  account: Pick<Account, 'id' | 'kind'>,
): Promise<{ sessionId: string; refreshToken: string }> {
  const sessionId = newId();
  const expiresAt = new Date(now().getTime() + sessionLife[account.kind].absoluteMs);
  await insertSession(tx, { id: sessionId, accountId: account.id, expiresAt });
  const refreshToken = await addToken(tx, { sessionId, expiresAt, kind: account.kind, at: now() });
  return { sessionId, refreshToken };
}

/** Adds the next token of a family; it is idle for so long at most, and never outlives the session. */
export async function addToken(
  tx: Transaction,
  session: { sessionId: string; expiresAt: Date; kind: AccountKind; at: Date },
): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  const idleUntilMs = session.at.getTime() + sessionLife[session.kind].idleMs;
  const expiresAt = new Date(Math.min(session.expiresAt.getTime(), idleUntilMs));
  await insertToken(tx, { tokenHash: refreshTokenHash(token), sessionId: session.sessionId, expiresAt });
  return token;
}

/** What a client gets for its credentials or its refresh token. */
export async function sessionView(
  deps: IdentityDeps,
  account: Account,
  { sessionId, refreshToken }: { sessionId: string; refreshToken: string },
) {
  const { id, kind, name, roles } = account;
  const accessToken = await signAccessToken(deps, { accountId: id, sessionId, kind, roles });
  return {
    ...{ id, kind, name: name ?? '', roles },
    accessToken,
    expiresInSeconds: accessTokenSeconds,
    refreshToken,
  };
}
