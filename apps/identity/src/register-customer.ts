/** Registration: the same answer for every address, so that nobody learns who is a customer. */
import { inTransaction, isDuplicate, type Transaction } from '@souk/kit/db';
import { refuse } from '@souk/kit/problem';
import { normalisedEmail } from './account.ts';
import { openLinkOf, requestLink } from './account-link.ts';
import { findAccountByEmail, insertAccount, lockAccount, updateAccount } from './account-store.ts';
import type { IdentityDeps } from './identity-deps.ts';
import { useLink, useLinksOf } from './link-store.ts';
import { refuseWeakPassword } from './weak-password.ts';

export interface Registration {
  email: string;
  password: string;
  name: string;
  /** The client's network address. */
  address: string;
}

/** Notes who wants to be a customer, and sends a mail that fits; says nothing about which. */
export async function registerCustomer(deps: IdentityDeps, wish: Registration): Promise<void> {
  if (!deps.flags.isOn('registration-open')) refuse('shop-closed');
  refuseWeakPassword(wish.password, wish.email);
  await deps.limits.count({ kind: 'address', purpose: 'registration', of: wish.address });
  await deps.limits.count({ kind: 'account', purpose: 'registration', of: normalisedEmail(wish.email) });
  // Known addresses cost a hash too: time must tell no more than the body.
  const passwordHash = await deps.passwords.hash(wish.password);
  const note = () => inTransaction(deps.db, (tx) => noteRegistration(tx, deps, { ...wish, passwordHash }));
  await note().catch((error) => {
    if (!isDuplicate(error)) throw error;
    // A twin was faster: now the address is known.
    return note();
  });
  deps.wakeRelay();
}

async function noteRegistration(
  tx: Transaction,
  deps: IdentityDeps,
  { email, name, passwordHash }: Registration & { passwordHash: string },
): Promise<void> {
  const known = await findAccountByEmail(tx, email);
  if (known?.verifiedAt || known?.kind === 'staff') {
    return requestLink(tx, deps, { accountId: known.id, kind: 'account-exists' });
  }
  const accountId = known?.id ?? deps.newId();
  if (!known) await insertAccount(tx, { id: accountId, kind: 'customer', email, name, passwordHash });
  await requestLink(tx, deps, { accountId, kind: 'email-verification', wanted: { name, passwordHash } });
}

/**
 * The address is proven, and what *this* registration wanted comes true: somebody who registered another's address
 * before them has set a password that never counts.
 */
export async function verifyEmail(deps: IdentityDeps, token: string): Promise<void> {
  const link = await openLinkOf(deps, token, ['email-verification']);
  await inTransaction(deps.db, async (tx) => {
    const account = await lockAccount(tx, link.accountId);
    const at = deps.now();
    // Once the address is proven, a registration that was noted at that very moment must not set another password.
    if (!account || account.state === 'closed' || account.verifiedAt || !(await useLink(tx, link.id, at)))
      return refuse('not-found');
    await useLinksOf(tx, account.id, at);
    await updateAccount(tx, account.id, {
      verifiedAt: at,
      ...(link.wantedName === null ? {} : { name: link.wantedName }),
      ...(link.wantedHash === null ? {} : { passwordHash: link.wantedHash }),
    });
  });
}
