/** Which pictures staff have brought; their bytes lie behind the binding `media`. */
import type { Executor, Transaction } from '@souk/kit/db';

/** A picture by its file name, which names its content. */
export interface Picture {
  file: string;
  mediaType: string;
  byteCount: number;
  width: number;
  height: number;
}

export async function findPicture(executor: Executor, file: string): Promise<Picture | undefined> {
  const row = await executor('pictures')
    .select('file', 'media_type', 'byte_count', 'width', 'height')
    .where({ file })
    .first();
  return row && { ...row, mediaType: row.media_type, byteCount: row.byte_count };
}

/** Adds a picture unless it is there; answers whether it was new. */
export async function addPicture(tx: Transaction, picture: Picture): Promise<boolean> {
  const { file, mediaType, byteCount, width, height } = picture;
  const row = { file, media_type: mediaType, byte_count: byteCount, width, height };
  const [{ affectedRows }] = await tx.raw(
    'INSERT IGNORE INTO pictures (file, media_type, byte_count, width, height) VALUES (?, ?, ?, ?, ?)',
    Object.values(row),
  );
  return affectedRows === 1;
}
