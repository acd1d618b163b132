/** Turns: in this process, changes of one cart wait for each other, so that they need not be tried again and again. */
import { refuse } from '@souk/kit/problem';

export interface Turns {
  /** Runs `work` when all earlier work on `id` has ended. Refuses `too-many-requests` if too much is waiting. */
  take<T>(id: string, work: () => Promise<T>): Promise<T>;
}

const maxWaiting = 64;

/** Makes turns; nothing is kept of an id that nobody waits for. */
export function createTurns(): Turns {
  const queues = new Map<string, { last: Promise<unknown>; waiting: number }>();
  return {
    async take(id, work) {
      const queue = queues.get(id) ?? { last: Promise.resolve(), waiting: 0 };
      if (queue.waiting >= maxWaiting) refuse('too-many-requests', 'Too many changes of one cart at once.');
      queue.waiting += 1;
      queues.set(id, queue);
      const turn = queue.last.then(work);
      queue.last = turn.catch(() => {});
      try {
        return await turn;
      } finally {
        queue.waiting -= 1;
        if (queue.waiting === 0) queues.delete(id);
      }
    },
  };
}
