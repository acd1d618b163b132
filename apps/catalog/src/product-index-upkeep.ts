/** Keeps the index of products as the tables are: built from all of them, then by what is said to have changed. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '@souk/kit/db';
import { createProductIndex, type ProductIndex } from '@souk/product-index/product-index';
import { selectFacts, selectPublishedIds } from './product-index-store.ts';

/** A chunk takes some 30 ms of this process, during which nobody else gets an answer. */
const chunk = 250;
/** Between two chunks of much: who asks meanwhile is served first. */
const pauseMs = 20;
/** So many are read while whoever asks waits, also in the middle of reading all; of more the index knows a moment later. */
const few = 2_000;

export interface ProductIndexUpkeep {
  index: ProductIndex;
  /**
   * Reads these products anew, those that are not published any more leave; or all that there are. Settles when few have been
   * read, or all for the first time. More are read in the background, while the index answers as before, and `caughtUp` is
   * called at their end. After a failure all are owed, and read with the next.
   */
  read(ids: readonly string[] | 'all'): Promise<void>;
}

/** An empty index, which owes all products. */
export function keepProductIndex(db: Database, caughtUp: () => void): ProductIndexUpkeep {
  const index = createProductIndex();
  const owed = new Set<string>();
  let owesAll = true;
  let isBuilt = false;
  let working: Promise<void> | undefined;
  /** Settles when nothing but all is owed. */
  let paid: PromiseWithResolvers<void> | undefined;

  async function readOwed(): Promise<void> {
    const isLong = isBuilt && owed.size > few;
    while (owed.size > 0) {
      const ids = [...owed].slice(0, chunk);
      for (const id of ids) owed.delete(id);
      await readAnew(db, index, ids);
      if (isLong) await sleep(pauseMs);
    }
    paid?.resolve();
    paid = undefined;
    if (isLong) caughtUp();
  }

  async function readAll(): Promise<void> {
    owesAll = false;
    const gone = new Set(index.ids());
    for (let afterId: string | undefined = ''; afterId !== undefined; ) {
      if (owed.size <= few) await readOwed();
      const ids: string[] = await selectPublishedIds(db, afterId, chunk);
      await readAnew(db, index, ids);
      for (const id of ids) gone.delete(id);
      afterId = ids.length < chunk ? undefined : ids.at(-1);
      if (isBuilt) await sleep(pauseMs);
    }
    for (const id of gone) owed.add(id);
    await readOwed();
    if (isBuilt) caughtUp();
    isBuilt = true;
  }

  /** One thing after the other: what was read earlier never overwrites what was read later. Sorts words, so that no search has to. */
  async function work(): Promise<void> {
    try {
      while (owesAll || owed.size > 0) await (owesAll ? readAll() : readOwed());
      index.sortWords();
    } catch (error) {
      owesAll = true;
      paid?.reject(error);
      paid = undefined;
      throw error;
    } finally {
      working = undefined;
    }
  }

  async function read(ids: readonly string[] | 'all'): Promise<void> {
    if (ids === 'all') owesAll = true;
    else for (const id of ids) owed.add(id);
    if (!owesAll && owed.size === 0) return;
    paid ??= Promise.withResolvers();
    const { promise } = paid;
    working ??= work();
    // Whoever does not wait hears of a failure by what is still owed.
    for (const unheard of [promise, working]) unheard.catch(() => {});
    if (!isBuilt) return working;
    if (ids !== 'all' && owed.size <= few) return promise;
  }

  return { index, read };
}

async function readAnew(db: Database, index: ProductIndex, ids: readonly string[]): Promise<void> {
  const facts = await selectFacts(db, ids);
  const published = new Set(facts.map(({ id }) => id));
  index.put(facts);
  index.remove(ids.filter((id) => !published.has(id)));
}
