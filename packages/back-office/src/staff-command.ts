/** A change by staff: its effect, its audit row and, with an idempotency key, its stored answer share one transaction. */
import { inTransaction, type Transaction } from '@souk/kit/db';
import {
  claimKey,
  fingerprintOf,
  isKeyTaken,
  type KeyedRequest,
  readClaim,
  storeAnswer,
} from '@souk/kit/idempotency';
import { refuse } from '@souk/kit/problem';
import { type Input, type Reply, reply } from '@souk/kit/routes';
import type { Deps } from '@souk/kit/service';
import { appendAudit, type Change } from './audit.ts';

/** What a command did; without a change (it was so already) there is no audit row. */
export interface Done {
  change?: Omit<Change, 'actor'>;
  reply: Reply;
}

export type CommandDeps = Pick<Deps, 'db' | 'newId' | 'wakeRelay'>;

/** The id of the member of staff who asks; only on staff routes. */
export function staffIdOf({ caller }: Pick<Input, 'caller'>): string {
  return caller.kind === 'staff' ? caller.id : refuse('forbidden');
}

/**
 * Runs a change for a PUT, PATCH or DELETE, which may be repeated by nature. `work` must not touch the network and may
 * run more than once; what it throws undoes everything.
 */
export async function changeByStaff(
  deps: CommandDeps,
  input: Pick<Input, 'caller'>,
  work: (tx: Transaction) => Promise<Done>,
): Promise<Reply> {
  const actor = staffIdOf(input);
  const answer = await inTransaction(deps.db, (tx) => applied(tx, actor, work));
  deps.wakeRelay();
  return answer;
}

/** Runs a change for a POST: once for each Idempotency-Key, whose answer every repetition gets. */
export async function createByStaff(
  deps: CommandDeps,
  input: Input,
  work: (tx: Transaction) => Promise<Done>,
): Promise<Reply> {
  const actor = staffIdOf(input);
  const request = keyedRequest(input, actor);
  const subjectId = deps.newId();
  try {
    const answer = await inTransaction(deps.db, async (tx) => {
      await claimKey(tx, request, subjectId);
      const done = await applied(tx, actor, work);
      await storeAnswer(tx, subjectId, { status: done.status, body: done.body ?? null });
      return done;
    });
    deps.wakeRelay();
    return answer;
  } catch (error) {
    if (!isKeyTaken(error)) throw error;
    const claim = await readClaim(deps.db, request);
    // Effect and answer are committed together, so a key that is taken has its answer.
    if (claim.kind !== 'answered') return refuse('idempotency-key-in-use');
    return reply(claim.answer.status, claim.answer.body ?? undefined);
  }
}

async function applied(tx: Transaction, actor: string, work: (tx: Transaction) => Promise<Done>) {
  const { change, reply: answer } = await work(tx);
  if (change) await appendAudit(tx, { ...change, actor });
  return answer;
}

function keyedRequest({ headers, url, body }: Input, actor: string): KeyedRequest {
  const key = headers['idempotency-key'] ?? refuse('idempotency-key-required');
  return { scope: `staff:${actor}`, key, fingerprint: fingerprintOf([url, body ?? null]) };
}
