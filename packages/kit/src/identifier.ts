/** Identifiers that the app makes: ULIDs, which sort by time and need no database. */
import { monotonicFactory } from 'ulid';

const next = monotonicFactory();

/** A new ULID; within one process each is greater than the one before. */
export function newId(): string {
  return next();
}

/** The ULID's shape in URLs and bodies is checked by contracts; this reads its time in ms since the epoch. */
export function idAtMs(ms: number): string {
  return `${encodeTime(ms)}${'0'.repeat(16)}`;
}

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

function encodeTime(ms: number): string {
  let rest = Math.max(0, Math.floor(ms));
  let text = '';
  for (let i = 0; i < 10; i += 1) {
    text = alphabet[rest % 32] + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}
