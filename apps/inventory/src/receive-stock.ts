/** Pieces that arrive from a supplier. */
import { isDuplicate, type Transaction } from '@souk/kit/db';
import { refuse } from '@souk/kit/problem';
import { refuseFaults } from '@souk/kit/validate';
import { addMovement, addStock, type Level, lockLevel, maxPieces } from './stock-store.ts';

export interface Receipt {
  /** Of the movement. */
  id: string;
  sku: string;
  quantity: number;
  /** Names the delivery, at most 64 characters; it is booked once for each SKU. */
  reference?: string | undefined;
}

/**
 * Books a receipt and answers the level after it, which begins if it is new. Refuses `already-exists` if the reference
 * has been booked for that SKU, and `invalid-request` when no shelf is that long.
 */
export async function receiveStock(
  tx: Transaction,
  { id, sku, quantity, reference = id }: Receipt,
): Promise<Level> {
  try {
    await addMovement(tx, { id, kind: 'receipt', sku, delta: quantity, reference });
  } catch (error) {
    if (isDuplicate(error)) refuse('already-exists', `The delivery ${reference} has been booked for ${sku}.`);
    throw error;
  }
  await addStock(tx, { sku, quantity });
  const level = (await lockLevel(tx, sku))!;
  if (level.onHand > maxPieces)
    refuseFaults([{ pointer: '/body/quantity', detail: 'makes too many pieces' }]);
  return level;
}
