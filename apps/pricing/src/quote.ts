/**
 * The quote: a pure function of basket, prices and rules, and the only place where the shop's money is added.
 *
 * Order of work: list prices → discounts → tax per line → shipping and its tax → sums. All of it is in integer minor
 * units; tax is rounded half up once per line (and once for shipping), so that the total is exactly the sum of what
 * is shown, whatever the order of the lines.
 */
import type { Line } from '@souk/contracts/identifiers';
import { type Currency, type Money, maxAmount } from '@souk/contracts/money';
import type { Quote, QuoteLine, QuoteShipping } from '@souk/contracts/quote';
import { refuse } from '@souk/kit/problem';
import { discounted, type ListedLine } from './discount.ts';
import { quoteHashOf } from './quote-hash.ts';
import type { CountryTax, Rules, TaxClass } from './rules.ts';
import { type ShippingOption, shippingOptions } from './shipping.ts';
import { taxed, taxOf } from './tax.ts';

export interface Basket {
  currency: Currency;
  country: string;
  shippingMethod?: string | undefined;
  lines: Line[];
}

/** What pricing knows of an article in one currency; `amount` in minor units. */
export interface Price {
  amount: number;
  taxClass: TaxClass;
  weightGrams: number;
}

type PricedLine = ListedLine & Pick<Price, 'taxClass' | 'weightGrams'>;

/**
 * The quote of a basket. Refuses `unknown-sku` (with `skus`), `not-shippable` (country, method or weight) and
 * `total-too-high`.
 */
export function quoteOf(basket: Basket, prices: ReadonlyMap<string, Price>, rules: Rules): Quote {
  const tax = taxOf(rules, basket.country);
  if (!tax) refuse('not-shippable', `We do not deliver to ${basket.country}.`);
  const { lines, discounts } = discounted(pricedLines(basket.lines, prices), rules.promotions);
  const chosen = basket.shippingMethod === undefined ? undefined : chosenOption(basket, lines, rules);
  const taxedLines = lines.map((line) => ({ ...line, ...taxed(netOfDiscount(line), tax, line.taxClass) }));
  const shippingClass = rules.shipping.taxClass;
  const carried = chosen && { ...chosen, ...taxed(chosen.price, tax, shippingClass) };
  const total = sum(taxedLines.map(({ gross }) => gross)) + (carried?.gross ?? 0n);
  if (total > BigInt(maxAmount)) refuse('total-too-high');
  const money = moneyIn(basket.currency);
  const seen = {
    currency: basket.currency,
    country: basket.country,
    taxIncluded: tax.included,
    lines: taxedLines.map((line) => quoteLine(line, tax, money)),
    discounts: discounts.map(({ code, amount }) => ({ code, amount: money(amount) })),
    shipping: carried ? quoteShipping(carried, tax[shippingClass], money) : null,
    tax: money(sum(taxedLines.map((line) => line.tax)) + (carried?.tax ?? 0n)),
    total: money(total),
  };
  return { ...seen, quoteHash: quoteHashOf(seen) };
}

/** Every method by which a basket can be sent, with its listed price. Refuses `unknown-sku`. */
export function optionsFor(
  basket: Basket,
  prices: ReadonlyMap<string, Price>,
  rules: Rules,
): { code: string; name: string; price: Money }[] {
  const { lines } = discounted(pricedLines(basket.lines, prices), rules.promotions);
  const money = moneyIn(basket.currency);
  return optionsOf(basket, lines, rules).map(({ code, name, price }) => ({
    code,
    name,
    price: money(price),
  }));
}

type DiscountedLine = PricedLine & { discount: bigint };
type TaxedLine = DiscountedLine & { tax: bigint; gross: bigint };
type MoneyMaker = (amount: bigint) => Money;

function pricedLines(lines: Line[], prices: ReadonlyMap<string, Price>): PricedLine[] {
  const skus = lines.map(({ sku }) => sku).filter((sku) => !prices.has(sku));
  if (skus.length > 0) refuse('unknown-sku', undefined, { skus });
  return lines.map(({ sku, quantity }) => {
    const { amount, taxClass, weightGrams } = prices.get(sku)!;
    return { sku, quantity, unitPrice: BigInt(amount), taxClass, weightGrams };
  });
}

/** What the whole line costs as listed, less its discount; tax is in it only where prices include it. */
function netOfDiscount({ unitPrice, quantity, discount }: DiscountedLine): bigint {
  return unitPrice * BigInt(quantity) - discount;
}

function chosenOption(basket: Basket, lines: DiscountedLine[], rules: Rules): ShippingOption {
  const option = optionsOf(basket, lines, rules).find(({ code }) => code === basket.shippingMethod);
  return option ?? refuse('not-shippable');
}

function optionsOf({ country, currency }: Basket, lines: DiscountedLine[], rules: Rules): ShippingOption[] {
  const weightGrams = lines.reduce((grams, line) => grams + line.weightGrams * line.quantity, 0);
  return shippingOptions(rules, { country, currency, weightGrams, value: sum(lines.map(netOfDiscount)) });
}

function quoteLine(line: TaxedLine, tax: CountryTax, money: MoneyMaker): QuoteLine {
  return {
    sku: line.sku,
    quantity: line.quantity,
    unitPrice: money(line.unitPrice),
    discount: money(line.discount),
    tax: money(line.tax),
    taxRate: tax[line.taxClass],
    total: money(line.gross),
  };
}

function quoteShipping(
  { code, name, tax, gross }: ShippingOption & { tax: bigint; gross: bigint },
  taxRate: string,
  money: MoneyMaker,
): QuoteShipping {
  return { method: code, name, tax: money(tax), taxRate, total: money(gross) };
}

const moneyIn =
  (currency: Currency): MoneyMaker =>
  (amount) => ({ amount: Number(amount), currency });

const sum = (amounts: bigint[]) => amounts.reduce((total, amount) => total + amount, 0n);
