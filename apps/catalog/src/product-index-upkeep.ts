/** Keeps the index of products as the tables are: built from all of them, then by what is said to have changed. */
import type { Database } from '@souk/kit/db';
import { createProductIndex, type ProductIndex } from '@souk/product-index/product-index';
import { selectFacts, selectPublishedIds } from './product-index-store.ts';

/** A chunk takes some 30 ms of this process, during which nobody else gets an answer. */
const chunk = 250;

export interface ProductIndexUpkeep {
  index: ProductIndex;
  /**
   * Reads all products anew. The first time it is waited for; later, whoever asks has the index as it was until then. If it
   * breaks off, the next {@link ProductIndexUpkeep.follow} begins again.
   */
  rebuild(): Promise<void>;
  /** Reads these products anew; those that are not published any more leave. */
  follow(ids: readonly string[]): Promise<void>;
}

/** An empty index, not built yet. */
export function keepProductIndex(db: Database): ProductIndexUpkeep {
  const index = createProductIndex();
  let isBuilt = false;
  let isComplete = false;
  let rebuilding: Promise<void> | undefined;
  let lastTurn: Promise<unknown> = Promise.resolve();

  /** One after the other, reading and all: what was read earlier never overwrites what was read later. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = lastTurn.catch(() => {}).then(work);
    lastTurn = turn;
    return turn;
  }

  async function readAnew(ids: readonly string[]): Promise<void> {
    for (let from = 0; from < ids.length; from += chunk) {
      const some = ids.slice(from, from + chunk);
      await inTurn(async () => {
        const facts = await selectFacts(db, some);
        const published = new Set(facts.map(({ id }) => id));
        index.put(facts);
        index.remove(some.filter((id) => !published.has(id)));
      });
    }
  }

  async function readAll(): Promise<void> {
    isComplete = false;
    const gone = new Set(index.ids());
    for (let afterId: string | undefined = ''; afterId !== undefined; ) {
      const ids: string[] = await selectPublishedIds(db, afterId, chunk);
      await readAnew(ids);
      for (const id of ids) gone.delete(id);
      afterId = ids.length < chunk ? undefined : ids.at(-1);
    }
    await readAnew([...gone]);
    isBuilt = true;
    isComplete = true;
  }

  async function rebuild(): Promise<void> {
    rebuilding ??= readAll().finally(() => {
      rebuilding = undefined;
    });
    if (!isBuilt) return rebuilding;
    rebuilding.catch(() => {});
  }

  return {
    index,
    rebuild,
    async follow(ids) {
      if (!isComplete && !rebuilding) await rebuild();
      await readAnew(ids);
    },
  };
}
