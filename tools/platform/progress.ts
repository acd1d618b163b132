/** Tells people which step runs, how far it is and how long it took since the start. */

const remindEveryMs = 5_000;
const startedAt = performance.now();

/** What a running step may say about how far it is. */
export type Tell = (detail: string) => void;

const seconds = (ms: number) => `${(ms / 1000).toFixed(1).padStart(6)} s`;

/** One line with the time since the start. */
export function say(text: string): void {
  console.log(`${seconds(performance.now() - startedAt)}  ${text}`);
}

/** Runs the step; says what came out, and every 5 s that it still runs. A text that its work returns is the outcome. */
export async function step(name: string, work: (tell: Tell) => Promise<unknown>): Promise<void> {
  const begunAt = performance.now();
  let detail = '';
  const reminder = setInterval(() => {
    say(`… ${name}, since ${Math.round((performance.now() - begunAt) / 1000)} s${detail && `: ${detail}`}`);
  }, remindEveryMs);
  try {
    const outcome = await work((text) => {
      detail = text.trim().slice(0, 100);
    });
    say(`${name}${typeof outcome === 'string' && outcome !== '' ? `: ${outcome}` : ''}`);
  } catch (error) {
    say(`${name}: FAILED`);
    throw error;
  } finally {
    clearInterval(reminder);
  }
}
