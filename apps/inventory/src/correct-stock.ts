/** Corrections of a level after counting, breakage or loss, each with its reason. */
import type { Transaction } from '@souk/kit/db';
import { refuse } from '@souk/kit/problem';
import { refuseFaults } from '@souk/kit/validate';
import { addMovement, correctLevel, type Level, lockLevel, maxPieces } from './stock-store.ts';

/** What a person found: so many more or less (`delta`), or so many in all (`onHand`). */
export type Finding = { delta: number } | { onHand: number };

export interface Correction {
  /** Of the movement. */
  id: string;
  sku: string;
  finding: Finding;
  /** Why, for people; at most 200 characters. */
  reason: string;
}

/**
 * Corrects, and answers the level before and after; the same one if the count was right, without a movement. Refuses
 * `stock-too-low` if pieces that orders hold would be missing, and `not-found` for what is not kept.
 */
export async function correctStock(
  tx: Transaction,
  { id, sku, finding, reason }: Correction,
): Promise<{ before: Level; after: Level }> {
  const before = (await lockLevel(tx, sku)) ?? refuse('not-found');
  const delta = 'delta' in finding ? finding.delta : finding.onHand - before.onHand;
  if (delta === 0) return { before, after: before };
  const after = { ...before, onHand: before.onHand + delta, version: before.version + 1 };
  if (after.onHand < after.reserved) {
    refuse('stock-too-low', undefined, { onHand: before.onHand, reserved: before.reserved });
  }
  if (after.onHand > maxPieces) refuseFaults([{ pointer: '/body', detail: 'makes too many pieces' }]);
  await addMovement(tx, { id, kind: 'correction', sku, delta, reference: id, reason });
  await correctLevel(tx, sku, delta);
  return { before, after };
}
