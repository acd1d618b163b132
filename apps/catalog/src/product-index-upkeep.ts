/** Keeps the index of products as the tables are: built from all of them, then by what is said to have changed. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '@souk/kit/db';
import { createProductIndex, type ProductIndex } from '@souk/product-index/product-index';
import { selectFacts, selectPublishedIds } from './product-index-store.ts';

/** A chunk takes some 30 ms of this process, during which nobody else gets an answer. */
const chunk = 250;
/** Between two chunks of much: who asks meanwhile is served first. */
const pauseMs = 20;
/** So many are read while whoever asks waits; of more, or of all, the index knows a moment later. */
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
  let isLong = false;
  let working: Promise<void> | undefined;

  async function readAnew(ids: readonly string[]): Promise<void> {
    const facts = await selectFacts(db, ids);
    const published = new Set(facts.map(({ id }) => id));
    index.put(facts);
    index.remove(ids.filter((id) => !published.has(id)));
    if (isLong) await sleep(pauseMs);
  }

  async function readAll(): Promise<void> {
    owesAll = false;
    const gone = new Set(index.ids());
    for (let afterId: string | undefined = ''; afterId !== undefined; ) {
      const ids: string[] = await selectPublishedIds(db, afterId, chunk);
      await readAnew(ids);
      for (const id of ids) gone.delete(id);
      afterId = ids.length < chunk ? undefined : ids.at(-1);
    }
    for (const id of gone) owed.add(id);
    isBuilt = true;
  }

  function readSome(): Promise<void> {
    const ids = [...owed].slice(0, chunk);
    for (const id of ids) owed.delete(id);
    return readAnew(ids);
  }

  /** One thing after the other: what was read earlier never overwrites what was read later. */
  async function work(): Promise<void> {
    try {
      while (owesAll || owed.size > 0) {
        isLong ||= isBuilt && (owesAll || owed.size > few);
        await (owesAll ? readAll() : readSome());
      }
      if (isLong) caughtUp();
    } catch (error) {
      owesAll = true;
      throw error;
    } finally {
      isLong = false;
      working = undefined;
    }
  }

  return {
    index,
    async read(ids) {
      if (ids === 'all') owesAll = true;
      else for (const id of ids) owed.add(id);
      if (!owesAll && owed.size === 0) return isLong ? undefined : working;
      isLong ||= isBuilt && (owesAll || owed.size > few);
      working ??= work();
      if (!isLong) return working;
      working.catch(() => {});
    },
  };
}
