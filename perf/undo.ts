/** What a measurement turns in the running shop is turned back, also when the measurement is interrupted. */

const limitMs = 5_000;
const pending = new Set<() => Promise<void>>();
let ending = false;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end());

/** Remembers how to put something back. Answers the same, to be called when it is time; it happens once. */
export function undoneAtEnd(undo: () => Promise<unknown>): () => Promise<void> {
  let done: Promise<void> | undefined;
  const once = () => {
    done ??= undo().then(() => void pending.delete(once));
    return done;
  };
  pending.add(once);
  return once;
}

/** Puts everything back, within five seconds, and ends this process. What cannot be put back is said. */
async function end(): Promise<void> {
  if (ending) return;
  ending = true;
  const timer = new Promise<void>((resolve) => setTimeout(resolve, limitMs));
  await Promise.race([timer, Promise.allSettled([...pending].map((undo) => undo()))]);
  if (pending.size > 0) console.error('Not everything could be put back: make down, then make up does it.');
  process.exit(1);
}
