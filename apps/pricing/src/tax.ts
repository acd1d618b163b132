/** Tax of an amount, exact in integers: rates become parts per million, and a half cent goes up, once per line. */
import type { CountryTax, Rules, TaxClass } from './rules.ts';

/** All in minor units; `net + tax = gross`. */
export interface Taxed {
  tax: bigint;
  gross: bigint;
}

const million = 1_000_000n;

/** The tax row of a country; undefined where the shop does not sell. */
export function taxOf(rules: Rules, country: string): CountryTax | undefined {
  return rules.taxes.find((tax) => tax.country === country);
}

/**
 * Taxes `amount` at the country's rate for a class. Where prices include tax, `amount` is what the buyer pays and the
 * tax is found in it; elsewhere the tax is added.
 */
export function taxed(amount: bigint, tax: CountryTax, taxClass: TaxClass): Taxed {
  const ppm = partsPerMillion(tax[taxClass]);
  if (tax.included) return { tax: divideHalfUp(amount * ppm, million + ppm), gross: amount };
  const added = divideHalfUp(amount * ppm, million);
  return { tax: added, gross: amount + added };
}

/** `"0.055"` → 55,000. Text keeps what a double would not. */
export function partsPerMillion(rate: string): bigint {
  const [whole = '0', fraction = ''] = rate.split('.');
  return BigInt(whole + fraction.padEnd(6, '0'));
}

/** Division of non-negative integers, half up: 2.5 → 3, 2.49 → 2. */
export function divideHalfUp(dividend: bigint, divisor: bigint): bigint {
  return (2n * dividend + divisor) / (2n * divisor);
}
