/** Logging in: customers and staff alike, slow for guessers, the same for addresses that nobody has. */
import { inTransaction } from '@souk/kit/db';
import { refuse } from '@souk/kit/problem';
import { type Account, normalisedEmail } from './account.ts';
import { findAccountByEmail, lockAccount, updateAccount } from './account-store.ts';
import { deviceOf, newDeviceToken } from './device.ts';
import type { IdentityDeps } from './identity-deps.ts';
import type { Try } from './limit-store.ts';
import { beginSession, sessionView } from './session.ts';

export interface Credentials {
  email: string;
  password: string;
  deviceToken: string | undefined;
  /** The client's network address. */
  address: string;
}

/** Begins a session; refused with `invalid-credentials`, `email-not-verified`, `forbidden` or `too-many-requests`. */
export async function logIn(deps: IdentityDeps, credentials: Credentials) {
  const { email, password, deviceToken, address } = credentials;
  const account = await findAccountByEmail(deps.db, email);
  const device = deviceOf(deps.identityKeys, account?.id, deviceToken);
  const own: Try = device
    ? { kind: 'device', purpose: 'login', of: `${account?.id}:${device}` }
    : { kind: 'account', purpose: 'login', of: normalisedEmail(email) };
  // Strangers who guess use up the account's tries and their address's, never those of a device that it knows.
  if (!device) await deps.limits.count({ kind: 'address', purpose: 'login', of: address });
  await deps.limits.count(own);
  const matches = await deps.passwords.matches(account?.passwordHash, password);
  if (!account || !matches) return failed(deps, 'invalid-credentials', account);
  if (account.state === 'disabled') return failed(deps, 'forbidden', account);
  if (!account.verifiedAt) return failed(deps, 'email-not-verified', account);
  // Only guesses count: an owner who logs in often is no guesser.
  await deps.limits.giveBack(own);
  const newHash = deps.passwords.isOutdated(account.passwordHash!)
    ? await deps.passwords.hash(password)
    : undefined;
  const { session, current } = await beginFor(deps, account, newHash);
  deps.log.info('login.succeeded', { accountId: account.id });
  const known = device ? deviceToken! : newDeviceToken(deps.identityKeys, account.id);
  return { ...(await sessionView(deps, current, session)), deviceToken: known };
}

/** The log names the account, never the address that was typed. */
function failed(
  { log }: IdentityDeps,
  code: 'invalid-credentials' | 'forbidden' | 'email-not-verified',
  account: Account | undefined,
): never {
  log.warn('login.failed', { accountId: account?.id, reason: code });
  return refuse(code);
}

/**
 * Whoever changed the password or disabled the account meanwhile wins, because their change ended all sessions there
 * were; the roles are those of now.
 */
async function beginFor(deps: IdentityDeps, account: Account, newHash: string | undefined) {
  return inTransaction(deps.db, async (tx) => {
    const current = await lockAccount(tx, account.id);
    if (current?.state !== 'active' || current.passwordHash !== account.passwordHash) {
      return refuse('invalid-credentials');
    }
    if (newHash) await updateAccount(tx, account.id, { passwordHash: newHash });
    return { current, session: await beginSession(tx, deps, account) };
  });
}
