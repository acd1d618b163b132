/** Identifiers that the app makes: ULIDs, which sort by time and need no database. */
import { monotonicFactory } from 'ulid';

const next = monotonicFactory();

/** A new ULID; within one process each is greater than the one before. */
export function newId(): string {
  return next();
}
