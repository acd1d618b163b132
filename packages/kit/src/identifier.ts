/** Identifiers that the app makes: ULIDs, which sort by time and need no database. */
import { randomFillSync } from 'node:crypto';
import { monotonicFactory } from 'ulid';

/** The library asks the system for each of an id's sixteen random characters: here once for a hundred ids. */
const pool = new Uint32Array(2_048);
let left = 0;

function random(): number {
  if (left === 0) {
    randomFillSync(pool);
    left = pool.length;
  }
  left -= 1;
  return pool[left]! / 2 ** 32;
}

const next = monotonicFactory(random);

/** A new ULID; within one process each is greater than the one before. */
export function newId(): string {
  return next();
}
