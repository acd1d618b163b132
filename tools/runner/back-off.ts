/** How long a process that died waits for its next start. */

const firstDelayMs = 200;
const longestDelayMs = 5_000;
/** Whoever ran this long is healthy again: its next end counts as the first. */
const steadyAfterMs = 30_000;

/** How many ends in a row this one is, given how long the process had run. */
export function endsInARow(earlier: number, ranMs: number): number {
  return ranMs >= steadyAfterMs ? 1 : earlier + 1;
}

/** Milliseconds to wait after the n-th end in a row: nothing at first, then doubling up to 5 s. */
export function restartDelayMs(ends: number): number {
  if (ends <= 1) return 0;
  return Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(ends - 2, 10));
}
