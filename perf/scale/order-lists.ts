/** Requests for lists of orders, the same before and after: staff's over the whole table, and those of forty customers. */
import type { Connection } from 'mysql2/promise';
import { schema } from '../../test/support/back-room.ts';
import { newCustomer, newStaff, plantKey } from '../../test/support/live-tokens.ts';
import type { HammerOrder } from '../hammer.ts';
import { spread } from './requests.ts';

type Requests = HammerOrder['requests'];

const customers = 40;
const places = 100;
const states = ['confirmed', 'delivered', 'cancelled'];

/** Ids of new accounts that can ask for their orders. */
export async function makeCustomers(): Promise<string[]> {
  const key = await plantKey();
  const ids: string[] = [];
  while (ids.length < customers) ids.push((await newCustomer(key)).id);
  return ids;
}

/**
 * With tokens that are good for ten minutes. `copies` were there at first: pages begin at these, and numbers and mail
 * addresses are theirs, so that the larger table is asked for the same.
 */
export async function listRequests(
  db: Connection,
  customerIds: readonly string[],
  copies: number,
): Promise<{ ofStaff: Requests; ofCustomers: Requests }> {
  const { headers } = await newStaff(await plantKey(), ['owner']);
  const [rows] = (await db.query(
    'SELECT id, number, email FROM orders.orders WHERE customer_id IN (?) ORDER BY id LIMIT ?',
    [customerIds, copies],
  )) as unknown as [{ id: string; number: string; email: string }[]];
  const some = spread(rows, places);
  const get = (path: string, by: Record<string, string>) => ({
    ...{ method: 'GET' as const, path: `/api/v1${path}`, headers: by },
  });
  const ofStaff = some.flatMap(({ id, number, email }, place) =>
    [
      '?limit=20',
      `?limit=20&state=${states[place % states.length]}`,
      `?limit=20&cursor=${id}`,
      `?limit=20&state=delivered&cursor=${id}`,
      `?q=${number}`,
      `?q=${encodeURIComponent(email)}`,
    ].map((query) => get(`/admin/orders${query}`, headers)),
  );
  const ofCustomers = (await customerHeaders(customerIds)).flatMap((own) => [
    get('/orders?limit=20', own),
    get('/orders?limit=5&state=delivered', own),
  ]);
  return { ofStaff, ofCustomers };
}

/** New tokens of the sessions that the accounts have. */
async function customerHeaders(ids: readonly string[]): Promise<{ authorization: string }[]> {
  const key = await plantKey();
  const sessions: { id: string; account_id: string }[] = await schema('identity')('sessions')
    .select('id', 'account_id')
    .whereIn('account_id', [...ids]);
  return Promise.all(
    sessions.map(async ({ id: sid, account_id: sub }) => ({
      authorization: `Bearer ${await key.token({ claims: { sub, sid, kind: 'customer', roles: [] } })}`,
    })),
  );
}
