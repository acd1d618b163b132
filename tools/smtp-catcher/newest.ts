/** Keeps the newest of what comes, up to a number and to a weight: what nobody has looked at by then is gone. */

export interface NewestLimits {
  maxItems: number;
  /** Of all `source`s together; the newest stays, whatever it weighs. */
  maxBytes: number;
}

/** Four minutes of a gentle load: what is wanted of a mail is wanted soon. */
export const mailLimits: Readonly<NewestLimits> = Object.freeze({ maxItems: 1_000, maxBytes: 16_000_000 });

export interface Newest<Item> {
  /** Adds one; as many of the oldest go as it takes to keep the limits. */
  add(item: Item): void;
  /** What is kept, oldest first. */
  all(): readonly Item[];
  clear(): void;
}

/** Makes an empty one. */
export function createNewest<Item extends { source: Buffer }>({
  maxItems,
  maxBytes,
}: NewestLimits): Newest<Item> {
  let items: Item[] = [];
  let bytes = 0;
  return {
    add(item) {
      items.push(item);
      bytes += item.source.length;
      while (items.length > maxItems || (bytes > maxBytes && items.length > 1))
        bytes -= items.shift()!.source.length;
    },
    all: () => items,
    clear() {
      items = [];
      bytes = 0;
    },
  };
}
