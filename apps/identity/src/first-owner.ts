/** The first owner: without one nobody could invite anybody. */
import { inTransaction, isDuplicate } from '@souk/kit/db';
import { insertAccount, isThereStaff } from './account-store.ts';
import type { IdentityDeps } from './identity-deps.ts';

export const firstOwnerEmail = 'owner@souk.test';

/** Makes the first owner if there is no staff at all; of two replicas that start at once, one does. */
export async function ensureFirstOwner(deps: IdentityDeps): Promise<void> {
  if (await isThereStaff(deps.db)) return;
  const password = deps.secrets['owner-password'];
  if (!password) throw new Error('the secret owner-password is empty');
  const passwordHash = await deps.passwords.hash(password);
  const id = deps.newId();
  const owner = { id, kind: 'staff', email: firstOwnerEmail, name: 'Owner', passwordHash } as const;
  try {
    await inTransaction(deps.db, (tx) =>
      insertAccount(tx, { ...owner, roles: ['owner'], verifiedAt: deps.now() }),
    );
    deps.log.info('owner.created', { accountId: id });
  } catch (error) {
    if (!isDuplicate(error)) throw error;
  }
}
