/** Puts fifty pieces of one article up for sale, lets the crowd in, and asks inventory what is left: nothing. */
import type { Connection } from 'mysql2/promise';
import { closeBackRoom, newArticle } from '../test/support/back-room.ts';
import type { Load } from './measure.ts';

const pieces = Number(process.env.PIECES ?? 50);
const buyers = Number(process.env.BUYERS ?? 500);

/** The buyers' own count is checked by the suite; here it is checked against the tables. */
export async function sellOut(
  admin: Connection,
  run: (env: Record<string, string>) => Promise<Load>,
): Promise<Load> {
  const { sku } = await newArticle({ stock: pieces });
  await closeBackRoom();
  const load = await run({ SKU: sku, PIECES: `${pieces}`, BUYERS: `${buyers}` });
  const [[level]] = (await admin.query('SELECT on_hand, reserved FROM inventory.stock_levels WHERE sku = ?', [
    sku,
  ])) as unknown as [{ on_hand: number; reserved: number }[]];
  const left = level!.on_hand - level!.reserved;
  const missed = left === 0 ? load.missed : [...load.missed, `inventory has ${left} pieces left`];
  return { ...load, missed, details: { ...load.details, piecesLeft: left } };
}
