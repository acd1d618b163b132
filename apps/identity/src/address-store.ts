/** SQL of customers' address books. */
import type { Address } from '@souk/contracts/identifiers';
import type { Executor, Transaction } from '@souk/kit/db';

export interface BookedAddress {
  id: string;
  address: Address;
}

const columns = ['id', 'address'] as const;

/** At most 20, the oldest first. */
export async function listAddresses(executor: Executor, accountId: string): Promise<BookedAddress[]> {
  const rows = await executor('addresses')
    .select(...columns)
    .where({ account_id: accountId })
    .orderBy('id')
    .limit(100);
  return rows.map(({ id, address }) => ({ id, address: JSON.parse(address) }));
}

/** How many there are; call it under the lock of the account. */
export async function countAddresses(tx: Transaction, accountId: string): Promise<number> {
  const row = await tx('addresses').count('id as count').where({ account_id: accountId }).first();
  return Number(row?.count ?? 0);
}

export async function insertAddress(
  tx: Transaction,
  accountId: string,
  { id, address }: BookedAddress,
): Promise<void> {
  await tx('addresses').insert({ id, account_id: accountId, address: JSON.stringify(address) });
}

/** False if the account has no such address. */
export async function replaceAddress(
  executor: Executor,
  accountId: string,
  { id, address }: BookedAddress,
): Promise<boolean> {
  const found = await executor('addresses')
    .where({ id, account_id: accountId })
    .update({ address: JSON.stringify(address) });
  return found === 1;
}

/** False if the account has no such address. */
export async function deleteAddress(executor: Executor, accountId: string, id: string): Promise<boolean> {
  return (await executor('addresses').where({ id, account_id: accountId }).delete()) === 1;
}

export async function deleteAddressesOf(tx: Transaction, accountId: string): Promise<void> {
  await tx('addresses').where({ account_id: accountId }).delete();
}
