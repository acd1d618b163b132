/** What the shop knows about a customer: every service that keeps something hands its part out, identity first. */
import { events } from '@souk/contracts/events';
import type { ReceivedEvent } from '@souk/kit/dapr-subscribe';
import { inTransaction, type Transaction } from '@souk/kit/db';
import {
  claimKey,
  fingerprintOf,
  isKeyTaken,
  type KeyedRequest,
  readClaim,
  storeAnswer,
} from '@souk/kit/idempotency';
import { firstTime } from '@souk/kit/inbox';
import { enqueue } from '@souk/kit/outbox';
import { refuse } from '@souk/kit/problem';
import { type Reply, reply } from '@souk/kit/routes';
import type { Account } from './account.ts';
import { lockAccount } from './account-store.ts';
import { listAddresses } from './address-store.ts';
import { type ExportPart, findExport, insertExport, insertPart, listParts } from './export-store.ts';
import type { IdentityDeps } from './identity-deps.ts';
import { meOf } from './schemas.ts';

/** Services whose parts are awaited; identity's own is there from the start. */
const keepers: readonly string[] = events['export.completed'].publishers;

/** Begins an export, once for each Idempotency-Key. */
export async function requestExport(
  deps: IdentityDeps,
  { customerId, key }: { customerId: string; key: string | undefined },
): Promise<Reply> {
  const request: KeyedRequest = {
    scope: `customer:${customerId}`,
    key: key ?? refuse('idempotency-key-required'),
    fingerprint: fingerprintOf('export'),
  };
  const id = deps.newId();
  try {
    const answer = { status: 202, body: { id, state: 'pending' } };
    await inTransaction(deps.db, async (tx) => {
      // Under its lock, so that nothing is collected about an account that is being forgotten.
      const account = await lockAccount(tx, customerId);
      if (account?.state !== 'active') return refuse('unauthorised');
      await claimKey(tx, request, id);
      await insertExport(tx, { id, customerId });
      await insertPart(tx, id, await ownPart(tx, account));
      const payload = { customerId, exportId: id };
      await enqueue(tx, [{ type: 'export.requested', subject: id, version: 1, payload }]);
      await storeAnswer(tx, id, answer);
    });
    deps.wakeRelay();
    return reply(answer.status, answer.body);
  } catch (error) {
    if (!isKeyTaken(error)) throw error;
    const claim = await readClaim(deps.db, request);
    if (claim.kind !== 'answered') return refuse('idempotency-key-in-use');
    return reply(claim.answer.status, claim.answer.body);
  }
}

async function ownPart(tx: Transaction, account: Account): Promise<ExportPart> {
  const addresses = await listAddresses(tx, account.id);
  return { service: 'identity', part: 1, parts: 1, data: { account: meOf(account), addresses } };
}

/** An export with what has come so far; `complete` when every service has handed out all of its parts. */
export async function readExport(
  { db }: Pick<IdentityDeps, 'db'>,
  wanted: { id: string; customerId: string },
) {
  const found = (await findExport(db, wanted)) ?? refuse('not-found');
  const parts = await listParts(db, found.id);
  const complete = keepers.every((keeper) => {
    const own = parts.filter(({ service }) => service === keeper);
    return own.length > 0 && own.length === own[0]!.parts;
  });
  const { id, createdAt } = found;
  return { id, state: complete ? 'complete' : 'pending', createdAt: createdAt.toISOString(), parts };
}

/** Takes a part; one for an export that is gone, or another customer's, is dropped. */
export async function hearExport({ db }: Pick<IdentityDeps, 'db'>, event: ReceivedEvent): Promise<void> {
  const { customerId, exportId, service, part, parts, data } = event.payload;
  await inTransaction(db, async (tx) => {
    if (!(await firstTime(tx, 'export', event.id))) return;
    if (!keepers.includes(service) || !(await findExport(tx, { id: exportId, customerId }))) return;
    await insertPart(tx, exportId, { service, part, parts, data });
  });
}
