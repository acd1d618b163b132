/** What holds for every quote, over ten thousand random baskets, prices and rules. */
import { currencies } from '@souk/contracts/money';
import { type Quote, quoteSchema } from '@souk/contracts/quote';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Basket, type Price, quoteOf } from '../src/quote.ts';
import { quoteHashOf } from '../src/quote-hash.ts';
import { type Rules, taxClasses } from '../src/rules.ts';

const rate = fc
  .oneof(fc.constantFrom(0, 55_000, 82_500, 190_000), fc.integer({ min: 0, max: 999_999 }))
  .map((ppm) => `0.${String(ppm).padStart(6, '0')}`);

const rules: fc.Arbitrary<Rules> = fc
  .record({
    included: fc.boolean(),
    standard: rate,
    reduced: rate,
    zero: fc.constant('0'),
    currency: fc.constantFrom(...currencies),
    freeOver: fc.integer({ min: 0, max: 100_000 }),
    price: fc.integer({ min: 0, max: 20_000 }),
    taxClass: fc.constantFrom(...taxClasses),
  })
  .map(({ currency, freeOver, price, taxClass, ...tax }) => ({
    taxes: [{ country: 'XA', ...tax }],
    shipping: {
      taxClass,
      zones: { all: ['XA'] },
      methods: [
        {
          code: 'post',
          name: 'Post',
          rates: [{ zone: 'all', currency, freeOver, bands: [{ upToGrams: 1_000_000_000, price }] }],
        },
      ],
    },
    promotions: [],
  }));

const article = fc.record({
  quantity: fc.integer({ min: 1, max: 99 }),
  amount: fc.oneof(fc.integer({ min: 0, max: 100_000 }), fc.integer({ min: 0, max: 9 })),
  taxClass: fc.constantFrom(...taxClasses),
  weightGrams: fc.integer({ min: 1, max: 30_000 }),
});

interface Case {
  basket: Basket;
  prices: Map<string, Price>;
  rules: Rules;
}

const anyCase: fc.Arbitrary<Case> = fc
  .record({ rules, articles: fc.array(article, { minLength: 1, maxLength: 50 }), shipped: fc.boolean() })
  .map(({ rules, articles, shipped }) => ({
    rules,
    prices: new Map(articles.map(({ quantity: _, ...price }, index) => [`SKU-${index}`, price])),
    basket: {
      currency: rules.shipping.methods[0]!.rates[0]!.currency,
      country: 'XA',
      shippingMethod: shipped ? 'post' : undefined,
      lines: articles.map(({ quantity }, index) => ({ sku: `SKU-${index}`, quantity })),
    },
  }));

function amountsOf({ lines, shipping, tax, total }: Quote): number[] {
  const ofLines = lines.flatMap((line) => [line.unitPrice, line.discount, line.tax, line.total]);
  return [...ofLines, ...(shipping ? [shipping.tax, shipping.total] : []), tax, total].map(
    ({ amount }) => amount,
  );
}

const sum = (amounts: number[]) => amounts.reduce((all, amount) => all + amount, 0);

function expectSound(quote: Quote): void {
  const parts = [...quote.lines, ...(quote.shipping ? [quote.shipping] : [])];
  expect(sum(parts.map(({ total }) => total.amount))).toBe(quote.total.amount);
  expect(sum(parts.map(({ tax }) => tax.amount))).toBe(quote.tax.amount);
  expect(amountsOf(quote).every((amount) => Number.isSafeInteger(amount) && amount >= 0)).toBe(true);
  expect(parts.every(({ tax, total }) => tax.amount <= total.amount)).toBe(true);
  const { quoteHash, ...seen } = quote;
  expect(quoteHashOf(shuffledKeys(seen))).toBe(quoteHash);
}

/** The same value with the members of every object in the opposite order. */
function shuffledKeys<T>(value: T): T {
  if (Array.isArray(value)) return value.map(shuffledKeys) as T;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, shuffledKeys(member)]),
  ) as T;
}

/** Paths of everything that is not an object or a list. */
function leavesOf(value: unknown, path: string[] = []): string[][] {
  if (value === null || typeof value !== 'object') return [path];
  return Object.entries(value).flatMap(([key, member]) => leavesOf(member, [...path, key]));
}

function withChangedLeaf<T>(value: T, path: string[]): T {
  const [key, ...rest] = path;
  if (key === undefined) return (typeof value === 'number' ? value + 1 : `${value}x`) as T;
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
  copy[key] = withChangedLeaf(copy[key], rest);
  return copy as T;
}

describe('every quote', () => {
  it('adds up exactly, is whole, never negative, taxed below its total, and hashed whatever the order of keys', () => {
    fc.assert(
      fc.property(anyCase, ({ basket, prices, rules }) => expectSound(quoteOf(basket, prices, rules))),
      { numRuns: 10_000 },
    );
  }, 120_000);

  it('has the same sums in whatever order the lines come', () => {
    fc.assert(
      fc.property(anyCase, ({ basket, prices, rules }) => {
        const forth = quoteOf(basket, prices, rules);
        const back = quoteOf({ ...basket, lines: basket.lines.toReversed() }, prices, rules);
        expect([back.total, back.tax, back.shipping]).toEqual([forth.total, forth.tax, forth.shipping]);
        expect(back.lines.toReversed()).toEqual(forth.lines);
      }),
      { numRuns: 1_000 },
    );
  });

  it('gets another hash by any change of what the buyer sees', () => {
    fc.assert(
      fc.property(anyCase, fc.nat(), ({ basket, prices, rules }, seed) => {
        const { quoteHash, ...seen } = quoteOf(basket, prices, rules);
        const leaves = leavesOf(seen);
        expect(quoteHashOf(withChangedLeaf(seen, leaves[seed % leaves.length]!))).not.toBe(quoteHash);
      }),
      { numRuns: 1_000 },
    );
  });

  it('fits the shape that the shop has agreed on', () => {
    fc.assert(
      fc.property(anyCase, ({ basket, prices, rules }) => {
        expect(
          quoteSchema.validate(quoteOf(basket, prices, rules), { convert: false }).error,
        ).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });
});
