/** Lists of whole numbers that only get longer, for many thousands of lists of very different length. */

/** From here on a list lies outside of the heap: half as large, and no collection of garbage walks through it. */
const longFrom = 32;

/** To be read before more is added. */
export type Numbers = readonly number[] | Uint32Array;

/** A short list as it is, or a long one with room for more. */
export type GrowingNumbers = number[] | { numbers: Uint32Array; length: number };

/** The list with one more number, below 2^32: the same one, or a roomier one in its place. */
export function withNumber(list: GrowingNumbers, number: number): GrowingNumbers {
  if (Array.isArray(list)) {
    if (list.length >= longFrom)
      return withNumber({ numbers: Uint32Array.from(list), length: list.length }, number);
    list.push(number);
    return list;
  }
  if (list.length === list.numbers.length) {
    const roomier = new Uint32Array(Math.ceil(list.length * 1.5));
    roomier.set(list.numbers);
    list.numbers = roomier;
  }
  list.numbers[list.length] = number;
  list.length += 1;
  return list;
}

/** Takes the numbers out of a list that have a 1 there; answers how many are left. */
export function dropNumbers(list: GrowingNumbers, isDropped: Uint8Array): number {
  const numbers = Array.isArray(list) ? list : list.numbers;
  let kept = 0;
  for (let at = 0; at < list.length; at += 1) {
    const number = numbers[at]!;
    if (isDropped[number] === 1) continue;
    numbers[kept] = number;
    kept += 1;
  }
  list.length = kept;
  return kept;
}

/** What is in a list. */
export function numbersOf(list: GrowingNumbers): Numbers {
  return Array.isArray(list) ? list : list.numbers.subarray(0, list.length);
}
