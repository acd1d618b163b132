/** Looks again and again for rows that any process has changed, and tells each change once. */
import type { Database } from '@souk/kit/db';
import {
  type ChangedRow,
  lookBackMs,
  maxChangedRows,
  selectChanged,
  selectChangedProducts,
} from './change-store.ts';

/** What a look has found. */
export interface Changes {
  rows: readonly ChangedRow[];
  /** There are more rows than these; all products that have changed are named. */
  isCut: boolean;
  /** Nobody looked for a while, or too much has changed to be told one by one: anything may be new. */
  missedSome: boolean;
}

/** Products that are told one by one. */
const maxProducts = 20_000;

interface ChangeWatch {
  /** Settles when what has changed until now has been told; one look at a time, whoever asks meanwhile shares it. */
  look(): Promise<void>;
  /** Until when all changes have been told, on the clock of `performance.now()`. */
  toldUntilMs(): number;
}

/** Watches; each look waits for `tell`, and is none if that fails. */
export function watchChanges(db: Database, tell: (changes: Changes) => Promise<void>): ChangeWatch {
  let seen = new Set<string>();
  let toldUntilMs = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | undefined;

  async function lookOnce(): Promise<void> {
    const startedMs = performance.now();
    const first = await selectChanged(db);
    const isCut = first.length === maxChangedRows;
    const others = isCut ? await selectChangedProducts(db, maxProducts) : [];
    const rows = [...first, ...others];
    const changed = rows.filter((row) => !seen.has(keyOf(row)));
    // Who could not look for a while has missed what no look finds any more.
    const missedSome = startedMs - toldUntilMs > lookBackMs / 2 || others.length > maxProducts;
    await tell({ rows: changed, isCut, missedSome });
    seen = new Set(rows.map(keyOf));
    toldUntilMs = startedMs;
  }

  return {
    look() {
      looking ??= lookOnce().finally(() => {
        looking = undefined;
      });
      return looking;
    },
    toldUntilMs: () => toldUntilMs,
  };
}

const keyOf = ({ place, name, mark }: ChangedRow) => `${place} ${name} ${mark}`;

/** The names of the rows that stand in one of these places, each once. */
export function namesIn(rows: readonly ChangedRow[], places: readonly ChangedRow['place'][]): string[] {
  return [...new Set(rows.filter(({ place }) => places.includes(place)).map(({ name }) => name))];
}
