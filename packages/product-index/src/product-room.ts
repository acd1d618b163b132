/**
 * Room in which a question is answered, used again for the next: with 100,000 products each would otherwise ask for a megabyte
 * outside of the heap, and every thirty of them for a full collection.
 */

export interface ProductRoom {
  /** By product, zero at first. */
  passed: Uint8Array;
  found: Uint32Array;
  passing: Uint32Array;
}

/** Answers room for so many products; what was in it is gone. */
export function createRooms(): (products: number) => ProductRoom {
  let room = roomFor(0);
  return (products) => {
    if (room.passed.length < products) room = roomFor(Math.ceil(products * 1.5));
    else room.passed.fill(0, 0, products);
    return room;
  };
}

const roomFor = (products: number): ProductRoom => ({
  passed: new Uint8Array(products),
  found: new Uint32Array(products),
  passing: new Uint32Array(products),
});
