/** A new password by mail; an invitation of staff is the same thing with another letter. */
import { inTransaction } from '@souk/kit/db';
import { refuse } from '@souk/kit/problem';
import { normalisedEmail } from './account.ts';
import { openLinkOf, requestLink } from './account-link.ts';
import { findAccount, findAccountByEmail, lockAccount, updateAccount } from './account-store.ts';
import type { IdentityDeps } from './identity-deps.ts';
import { useLink, useLinksOf } from './link-store.ts';
import { endSessionsOf } from './session-store.ts';
import { refuseWeakPassword } from './weak-password.ts';

/** No answer comes before this, so that time does not tell whether there was something to write. */
const floorMs = 50;

/** Sends a link to whoever has this address; says nothing about whether anybody has. */
export async function requestReset(
  deps: IdentityDeps,
  { email, address }: { email: string; address: string },
): Promise<void> {
  await deps.limits.count({ kind: 'address', purpose: 'reset', of: address });
  await deps.limits.count({ kind: 'account', purpose: 'reset', of: normalisedEmail(email) });
  const floor = new Promise((resolve) => setTimeout(resolve, floorMs));
  const account = await findAccountByEmail(deps.db, email);
  if (account?.state === 'active') {
    const { id: accountId, passwordHash } = account;
    // Staff who were invited and lost the letter get another one.
    const kind = passwordHash === null ? 'staff-invitation' : 'password-reset';
    await inTransaction(deps.db, (tx) => requestLink(tx, deps, { accountId, kind }));
    deps.wakeRelay();
  }
  await floor;
}

/** Sets the password of a link's account and ends all its sessions; the link, and all others, are used up. */
export async function resetPassword(
  deps: IdentityDeps,
  { token, password }: { token: string; password: string },
): Promise<void> {
  const link = await openLinkOf(deps, token, ['password-reset', 'staff-invitation']);
  const account = await findAccount(deps.db, link.accountId);
  refuseWeakPassword(password, account?.email ?? '');
  const passwordHash = await deps.passwords.hash(password);
  await inTransaction(deps.db, async (tx) => {
    const now = await lockAccount(tx, link.accountId);
    const at = deps.now();
    if (now?.state !== 'active' || !(await useLink(tx, link.id, at))) return refuse('not-found');
    await useLinksOf(tx, now.id, at);
    // The mail has arrived: that proves the address as well.
    await updateAccount(tx, now.id, { passwordHash, ...(now.verifiedAt ? {} : { verifiedAt: at }) });
    await endSessionsOf(tx, now.id, { at, by: 'password' });
  });
  deps.log.info('password.changed', { accountId: link.accountId });
}
