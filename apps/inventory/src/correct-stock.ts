/** Corrections of a level after counting, breakage or loss, each with its reason. */
import { inTransaction, isDuplicate } from '@souk/kit/db';
import { refuse } from '@souk/kit/problem';
import type { Deps } from '@souk/kit/service';
import { addMovements, availableOf, correctLevel } from './stock-store.ts';

export interface Correction {
  sku: string;
  /** Pieces, positive or negative, not 0. */
  delta: number;
  /** Why, for people; at most 200 characters. */
  reason: string;
  /** Names this correction, at most 64 characters; the same again changes nothing. */
  reference: string;
}

/** Corrects; false if that reference was booked before. Refuses `out-of-stock` if reserved pieces would be missing. */
export async function correctStock(
  { db, newId }: Pick<Deps, 'db' | 'newId'>,
  { sku, delta, reason, reference }: Correction,
): Promise<boolean> {
  try {
    await inTransaction(db, async (tx) => {
      await addMovements(tx, [{ id: newId(), kind: 'correction', sku, delta, reference, reason }]);
      if (await correctLevel(tx, sku, delta)) return;
      const available = (await availableOf(tx, [sku])).get(sku) ?? 0;
      refuse('out-of-stock', undefined, { lines: [{ sku, wanted: -delta, available }] });
    });
    return true;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
}
