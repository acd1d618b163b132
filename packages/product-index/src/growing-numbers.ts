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
    if (list.length >= longFrom) return withNumber(growingNumbers(list), number);
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

/** A list with these numbers. */
export function growingNumbers(first: readonly number[]): GrowingNumbers {
  return first.length < longFrom ? [...first] : { numbers: Uint32Array.from(first), length: first.length };
}

/** What is in a list. */
export function numbersOf(list: GrowingNumbers): Numbers {
  return Array.isArray(list) ? list : list.numbers.subarray(0, list.length);
}
