/**
 * To be forgotten: the account is closed at once; then every service that keeps something about the customer is asked,
 * in rounds, until all of them keep nothing; then the account itself is forgotten, and all are asked once more. Only ids
 * stay.
 */
import { events } from '@souk/contracts/events';
import type { ReceivedEvent } from '@souk/kit/dapr-subscribe';
import { inTransaction, type Transaction } from '@souk/kit/db';
import { firstTime } from '@souk/kit/inbox';
import { enqueue } from '@souk/kit/outbox';
import { lockAccount, updateAccount } from './account-store.ts';
import { deleteAddressesOf } from './address-store.ts';
import {
  completeErasure,
  deleteTracesOf,
  findErasure,
  insertErasure,
  listAnswers,
  lockErasure,
  saveAnswer,
  setForgottenRound,
  setRound,
} from './erasure-store.ts';
import { deleteExportsOf } from './export-store.ts';
import type { IdentityDeps } from './identity-deps.ts';
import { deleteLinksOf, useLinksOf } from './link-store.ts';
import { deleteSessionsOf, endSessionsOf } from './session-store.ts';

export type ErasureDeps = Pick<IdentityDeps, 'db' | 'now' | 'log' | 'wakeRelay'>;

/** Services that must have answered. */
const keepers: readonly string[] = events['erasure.completed'].publishers;

/** Closes the account, ends its sessions and asks for the first time; asked again, it does nothing. */
export async function beginErasure(deps: ErasureDeps, customerId: string): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const account = await lockAccount(tx, customerId);
    if (account?.kind !== 'customer' || !(await insertErasure(tx, customerId))) return;
    const at = deps.now();
    await updateAccount(tx, customerId, { state: 'closed' });
    await endSessionsOf(tx, customerId, { at, by: 'erasure' });
    await useLinksOf(tx, customerId, at);
    await ask(tx, customerId, 1);
  });
  deps.wakeRelay();
}

/**
 * Asks for the `round`-th time, for what a service could not forget before. Repeated, or once everything is forgotten,
 * it does nothing: safe as a step of a workflow.
 */
export async function beginRound(deps: ErasureDeps, customerId: string, round: number): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const erasure = await lockErasure(tx, customerId);
    if (!erasure || erasure.completedAt || erasure.round >= round) return;
    await setRound(tx, customerId, round);
    await ask(tx, customerId, round);
  });
  deps.wakeRelay();
}

async function ask(tx: Transaction, customerId: string, round: number): Promise<void> {
  const payload = { customerId, round };
  await enqueue(tx, [{ type: 'customer.erased', subject: customerId, version: round, payload }]);
}

export interface ErasureState {
  round: number;
  completed: boolean;
  /** Services that have not answered this round yet. */
  missing: string[];
  /** What services keep for now, in all. */
  openCount: number;
}

/** How far an erasure is; undefined if nobody asked. */
export async function readErasure(
  { db }: Pick<ErasureDeps, 'db'>,
  customerId: string,
): Promise<ErasureState | undefined> {
  const erasure = await findErasure(db, customerId);
  if (!erasure) return undefined;
  const answers = await listAnswers(db, customerId);
  const { round, completedAt } = erasure;
  const answered = new Set(answers.filter((answer) => answer.round >= round).map(({ service }) => service));
  return {
    round,
    completed: completedAt !== null,
    missing: keepers.filter((keeper) => !answered.has(keeper)),
    openCount: answers.reduce((sum, answer) => sum + answer.openCount, 0),
  };
}

/**
 * Takes a service's answer. When nobody keeps anything the account is forgotten; what was under way at that moment (an
 * order being placed, an event not yet delivered) is caught by one more round, after whose answers it is complete. True
 * for the last of them.
 */
export async function hearErasure(deps: ErasureDeps, event: ReceivedEvent): Promise<boolean> {
  const { customerId, round = 1, service, openCount } = event.payload;
  const step = await inTransaction(deps.db, async (tx) => {
    if (!(await firstTime(tx, 'erasure', event.id))) return 'none';
    const erasure = await lockErasure(tx, customerId);
    if (!erasure || erasure.completedAt || !keepers.includes(service)) return 'none';
    await saveAnswer(tx, { customerId, service, round, openCount });
    const { forgottenRound } = erasure;
    const answers = await listAnswers(tx, customerId);
    const clean = answers.filter((answer) => answer.openCount === 0 && answer.round > (forgottenRound ?? 0));
    if (!keepers.every((keeper) => clean.some((answer) => answer.service === keeper))) return 'none';
    if (forgottenRound === null) {
      await forgetAccount(tx, customerId, deps.now());
      await setForgottenRound(tx, customerId, erasure.round);
      return 'forgotten';
    }
    await completeErasure(tx, customerId, deps.now());
    return 'completed';
  });
  if (step === 'forgotten') deps.log.info('account.erased', { accountId: customerId });
  return step === 'completed';
}

async function forgetAccount(tx: Transaction, customerId: string, at: Date): Promise<void> {
  await updateAccount(tx, customerId, {
    ...{ state: 'erased', email: null, name: null, passwordHash: null, erasedAt: at },
  });
  await deleteAddressesOf(tx, customerId);
  await deleteSessionsOf(tx, customerId);
  await deleteLinksOf(tx, customerId);
  await deleteExportsOf(tx, customerId);
  await deleteTracesOf(tx, customerId);
}
