/** Finds a place in a sorted list by halving what is left. */

/** Where the first one stands of which `holds` is true, as it is of all after it; the length if it is of none. */
export function firstThat<T>(sorted: readonly T[], holds: (one: T) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(sorted[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
