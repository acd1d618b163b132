/** The place of promotions in a quote: after list prices, before tax and shipping. */
import type { Rules } from './rules.ts';

/** A line at its list price, in minor units. */
export interface ListedLine {
  sku: string;
  quantity: number;
  unitPrice: bigint;
}

export interface Discounted<L extends ListedLine> {
  /** `discount` is what the line as a whole costs less; never more than `unitPrice × quantity`. */
  lines: (L & { discount: bigint })[];
  /** What each promotion took off, in all. */
  discounts: { code: string; amount: bigint }[];
}

/** Applies promotions. The rules' schema admits none yet: every line keeps its list price, and nothing was taken off. */
export function discounted<L extends ListedLine>(lines: L[], promotions: Rules['promotions']): Discounted<L> {
  return { lines: lines.map((line) => ({ ...line, discount: 0n })), discounts: promotions };
}
