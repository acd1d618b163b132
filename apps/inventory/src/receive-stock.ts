/** Pieces that arrive from a supplier. */
import type { Line } from '@souk/contracts/identifiers';
import { inTransaction, isDuplicate } from '@souk/kit/db';
import type { Deps } from '@souk/kit/service';
import { addMovements, addStock } from './stock-store.ts';

/** Books a receipt; false if its `reference` (at most 64 characters) has been booked before: then nothing changes. */
export async function receiveStock(
  { db, newId }: Pick<Deps, 'db' | 'newId'>,
  { reference, lines }: { reference: string; lines: Line[] },
): Promise<boolean> {
  const id = newId();
  const inOrder = lines.toSorted((a, b) => (a.sku < b.sku ? -1 : 1));
  try {
    await inTransaction(db, async (tx) => {
      await addMovements(
        tx,
        inOrder.map(({ sku, quantity }) => ({ id, kind: 'receipt', sku, delta: quantity, reference })),
      );
      await addStock(tx, inOrder);
    });
    return true;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
}
