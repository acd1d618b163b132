/** Standing back when the processors are full, so that the ingress can always say "not now". */
import { writeFile } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';

/** A third of the usual share. */
const niceness = 5;
/** Linux lets who is not root change one session each tenth of a second. */
const againAfterMs = 110;
const triesAtMost = 200;

/**
 * Gives a process that has just begun a session, and all that it will start, a third of the share of the processors that
 * others have, while there is not enough for all. Needs no rights. Linux divides first between sessions (sched(7),
 * autogroup), then by niceness within one; where sessions are not told apart, niceness alone does it. A process that is
 * gone by then needs nothing.
 */
export async function standBack(pid: number): Promise<void> {
  try {
    setPriority(pid, niceness);
  } catch {
    return;
  }
  for (let tries = 1; tries <= triesAtMost; tries += 1) {
    try {
      return await writeFile(`/proc/${pid}/autogroup`, `${niceness}`);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
      await delay(againAfterMs * (0.5 + Math.random()), undefined, { ref: false });
    }
  }
}
