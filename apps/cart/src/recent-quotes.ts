/** What carts cost a moment ago: who says where the goods go is answered with the quote, and asks for it next. */
import type { Quote } from '@souk/contracts/quote';
import type { Cart } from './cart.ts';

export interface RecentQuotes {
  /** Notes what this version of a cart cost when pricing was asked; null if it could not be ordered as it was. */
  note(cart: Cart, quote: Quote | null, askedAtMs: number): void;
  /** What this version of a cart cost within the last second. */
  of(cart: Cart): Quote | undefined;
}

/** A change of price is to be seen within 2 s; half of that may pass until pricing itself knows. */
const maxAgeMs = 1_000;
const maxEntries = 2_000;

/** Makes an empty memory; times are those of `performance.now`. */
export function createRecentQuotes(): RecentQuotes {
  const entries = new Map<string, { version: number; quote: Quote | null; askedAtMs: number }>();
  return {
    note({ id, version }, quote, askedAtMs) {
      entries.delete(id);
      entries.set(id, { version, quote, askedAtMs });
      for (const [oldest, { askedAtMs: at }] of entries) {
        if (entries.size <= maxEntries && performance.now() - at < maxAgeMs) break;
        entries.delete(oldest);
      }
    },
    of({ id, version }) {
      const entry = entries.get(id);
      const isSame = entry?.version === version && performance.now() - entry.askedAtMs < maxAgeMs;
      return isSame ? (entry.quote ?? undefined) : undefined;
    },
  };
}
