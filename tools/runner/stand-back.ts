/** Standing back when the processors are full, so that the ingress can always say "not now". */
import { writeFile } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';

/** Of what is on the way to an order: a third of the ingress's share. */
export const usualNiceness = 5;
/** Of what looking around is made of: a third of that again, for whoever has a cart goes first. */
export const browsingNiceness = 10;
/** Linux lets who is not root change one session each tenth of a second. */
const againAfterMs = 110;
const triesAtMost = 200;

/**
 * Gives a process that has just begun a session, and all that it will start, a smaller share of the processors while there is
 * not enough for all: a third of it for each 5 of niceness. Needs no rights. Linux divides first between sessions (sched(7),
 * autogroup), then by niceness within one; where sessions are not told apart, niceness alone does it. A process that is
 * gone by then needs nothing.
 */
export async function standBack(pid: number, niceness = usualNiceness): Promise<void> {
  if (niceness === 0) return;
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
