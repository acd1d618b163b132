/** What staff change: customers, colleagues, and who may do what. Each change ends the sessions that rest on it. */
import { changeByStaff, createByStaff, type Done } from '@souk/back-office/staff-command';
import { isDuplicate, type Transaction } from '@souk/kit/db';
import { refuse } from '@souk/kit/problem';
import { type Input, reply } from '@souk/kit/routes';
import type { Account } from './account.ts';
import { requestLink } from './account-link.ts';
import { findAccount, insertAccount, lockAccount, lockOwners, updateAccount } from './account-store.ts';
import type { IdentityDeps } from './identity-deps.ts';
import { customerOf, staffOf } from './schemas.ts';
import { endSessionsOf } from './session-store.ts';

/** Disables a customer, or lets them in again. */
export function changeCustomer(deps: IdentityDeps, input: Input<{ disabled: boolean }>) {
  const id = input.params.id!;
  const { disabled } = input.body;
  return changeByStaff(deps, input, async (tx) => {
    const account = await lockAccount(tx, id);
    if (account?.kind !== 'customer') return refuse('not-found');
    if (account.state !== 'active' && account.state !== 'disabled') return refuse('not-found');
    const state = disabled ? 'disabled' : 'active';
    if (account.state === state) return { reply: reply(200, customerOf(account)) };
    await updateAccount(tx, id, { state });
    if (disabled) await endSessionsOf(tx, id, { at: deps.now(), by: 'disabled' });
    return {
      change: {
        ...{ action: disabled ? 'customer.disabled' : 'customer.enabled', entity: 'customer', entityId: id },
        ...{ before: { state: account.state }, after: { state } },
      },
      reply: reply(200, customerOf({ ...account, state })),
    };
  });
}

interface NewStaff {
  email: string;
  name: string;
  roles: string[];
}

/** Invites a colleague: they choose their password by the link in the mail. */
export async function inviteStaff(deps: IdentityDeps, input: Input<NewStaff>) {
  const { email, name, roles } = input.body;
  const id = deps.newId();
  return createByStaff(deps, input, async (tx) => {
    await insertAccount(tx, { id, kind: 'staff', email, name, roles, passwordHash: null }).catch((error) => {
      if (isDuplicate(error)) refuse('already-exists', 'This address has an account.');
      throw error;
    });
    await requestLink(tx, deps, { accountId: id, kind: 'staff-invitation' });
    const account = (await findAccount(tx, id)) ?? refuse('internal');
    return {
      change: { action: 'staff.invited', entity: 'staff', entityId: id, before: null, after: { roles } },
      reply: reply(201, staffOf(account), { location: `/api/v1/admin/staff/${id}` }),
    };
  });
}

interface StaffChange {
  roles?: string[];
  disabled?: boolean;
}

/** Changes a colleague's roles, or disables them; the last owner who can log in stays one. */
export function changeStaff(deps: IdentityDeps, input: Input<StaffChange>) {
  const id = input.params.id!;
  return changeByStaff(deps, input, async (tx) => {
    const owners = await lockOwners(tx);
    const account = await lockAccount(tx, id);
    if (account?.kind !== 'staff') return refuse('not-found');
    return applyToStaff(tx, deps, { account, owners, wish: input.body });
  });
}

async function applyToStaff(
  tx: Transaction,
  deps: IdentityDeps,
  { account, owners, wish }: { account: Account; owners: string[]; wish: StaffChange },
): Promise<Done> {
  const { id } = account;
  const disabled = wish.disabled ?? account.state === 'disabled';
  const before = { roles: account.roles, state: account.state };
  const after = { roles: wish.roles ?? account.roles, state: disabled ? 'disabled' : 'active' } as const;
  const remaining = owners.filter((owner) => owner !== id || (!disabled && after.roles.includes('owner')));
  if (owners.length > 0 && remaining.length === 0) refuse('last-owner');
  const view = reply(200, staffOf({ ...account, ...after, roles: [...after.roles] }));
  if (JSON.stringify(before) === JSON.stringify(after)) return { reply: view };
  await updateAccount(tx, id, after);
  await endSessionsOf(tx, id, { at: deps.now(), by: disabled ? 'disabled' : 'roles' });
  return {
    change: { action: 'staff.changed', entity: 'staff', entityId: id, before, after },
    reply: view,
  };
}
