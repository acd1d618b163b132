/** SQL of accounts. */
import type { AccountKind } from '@souk/contracts/access-token';
import type { Executor, Transaction } from '@souk/kit/db';
import { type Account, type AccountState, normalisedEmail } from './account.ts';

const columns = [
  ...['id', 'kind', 'state', 'email', 'name', 'password_hash', 'roles', 'verified_at', 'created_at'],
] as const;

export interface NewAccount {
  id: string;
  kind: AccountKind;
  email: string;
  name: string;
  passwordHash: string | null;
  roles?: readonly string[];
  verifiedAt?: Date | null;
}

/** Adds an account; throws the driver's duplicate error if the address is taken. */
export async function insertAccount(executor: Executor, account: NewAccount): Promise<void> {
  await executor('accounts').insert({
    id: account.id,
    kind: account.kind,
    email: account.email,
    email_norm: normalisedEmail(account.email),
    name: account.name,
    password_hash: account.passwordHash,
    roles: (account.roles ?? []).join(','),
    verified_at: account.verifiedAt ?? null,
  });
}

export async function findAccountByEmail(executor: Executor, email: string): Promise<Account | undefined> {
  const row = await executor('accounts')
    .select(...columns)
    .where({ email_norm: normalisedEmail(email) })
    .first();
  return row && toAccount(row);
}

export async function findAccount(executor: Executor, id: string): Promise<Account | undefined> {
  const row = await executor('accounts')
    .select(...columns)
    .where({ id })
    .first();
  return row && toAccount(row);
}

/** Reads an account that nobody else may change until the transaction ends. */
export async function lockAccount(tx: Transaction, id: string): Promise<Account | undefined> {
  const row = await tx('accounts')
    .select(...columns)
    .where({ id })
    .forUpdate()
    .first();
  return row && toAccount(row);
}

export interface AccountChange {
  name?: string | null;
  email?: string | null;
  passwordHash?: string | null;
  roles?: readonly string[];
  state?: AccountState;
  verifiedAt?: Date;
  erasedAt?: Date;
}

/** Changes what is named; a closed or erased account gives its address free. */
export async function updateAccount(executor: Executor, id: string, change: AccountChange): Promise<void> {
  const { name, email, passwordHash, roles, state, verifiedAt, erasedAt } = change;
  await executor('accounts')
    .where({ id })
    .update({
      version: executor.raw('version + 1'),
      ...(name === undefined ? {} : { name }),
      ...(email === undefined ? {} : { email }),
      ...(passwordHash === undefined ? {} : { password_hash: passwordHash }),
      ...(roles === undefined ? {} : { roles: roles.join(',') }),
      ...(state === undefined ? {} : { state }),
      ...(state === 'closed' || state === 'erased' ? { email_norm: null } : {}),
      ...(verifiedAt === undefined ? {} : { verified_at: verifiedAt }),
      ...(erasedAt === undefined ? {} : { erased_at: erasedAt }),
    });
}

export interface AccountFilter {
  kind: AccountKind;
  /** An exact address, or how the name begins. */
  q?: string;
  /** Ids below this one. */
  beforeId?: string;
}

/** Accounts, newest first. */
export async function listAccounts(
  executor: Executor,
  filter: AccountFilter,
  limit: number,
): Promise<Account[]> {
  const { kind, q, beforeId } = filter;
  const rows = await executor('accounts')
    .select(...columns)
    .where({ kind })
    .where((row) => (beforeId === undefined ? row : row.where('id', '<', beforeId)))
    .where((row) => {
      if (q === undefined) return;
      row.where({ email_norm: normalisedEmail(q) }).orWhere('name', 'like', `${literally(q)}%`);
    })
    .orderBy('id', 'desc')
    .limit(limit);
  return rows.map(toAccount);
}

/** Owners who can log in, locked until the transaction ends, so that two of them cannot remove each other. */
export async function lockOwners(tx: Transaction): Promise<string[]> {
  const rows = await tx('accounts')
    .select('id', 'roles', 'password_hash', 'state')
    .where({ kind: 'staff' })
    .forUpdate();
  return rows
    .map(toAccountPart)
    .filter(({ able, roles }) => able && roles.includes('owner'))
    .map(({ id }) => id);
}

export async function isThereStaff(executor: Executor): Promise<boolean> {
  return (await executor('accounts').select('id').where({ kind: 'staff' }).first()) !== undefined;
}

/** `%` and `_` of a person's name mean themselves. */
function literally(text: string): string {
  return text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`);
}

function toAccountPart(row: { id: string; roles: string; password_hash: string | null; state: string }) {
  return {
    id: row.id,
    roles: row.roles.split(','),
    able: row.state === 'active' && row.password_hash !== null,
  };
}

function toAccount(row: Record<string, unknown>): Account {
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    email: row.email,
    name: row.name,
    passwordHash: row.password_hash,
    roles: String(row.roles) === '' ? [] : String(row.roles).split(','),
    verifiedAt: row.verified_at,
    createdAt: row.created_at,
  } as Account;
}
