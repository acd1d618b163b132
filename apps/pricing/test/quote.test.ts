/** The quote by hand: examples that a person computed with pencil and paper. */
import type { Currency } from '@souk/contracts/money';
import { describe, expect, it } from 'vitest';
import { type Basket, optionsFor, type Price, quoteOf } from '../src/quote.ts';
import { faultsOfRules } from '../src/rules.ts';
import { divideHalfUp, partsPerMillion } from '../src/tax.ts';
import { priced, sampleRules } from './sample-rules.ts';

type Article = [quantity: number, price: Price];

function basketOf(country: string, currency: Currency, articles: Article[]) {
  const lines = articles.map(([quantity], index) => ({ sku: `ART-${index}`, quantity }));
  const prices = new Map(articles.map(([, price], index) => [`ART-${index}`, price]));
  const basket: Basket = { country, currency, lines };
  return { basket, prices };
}

function quote(country: string, currency: Currency, articles: Article[], shippingMethod?: string) {
  const { basket, prices } = basketOf(country, currency, articles);
  return quoteOf({ ...basket, shippingMethod }, prices, sampleRules);
}

describe('a quote', () => {
  it('finds German tax inside the prices of goods and parcel', () => {
    const made = quote(
      'DE',
      'EUR',
      [
        [2, priced(1999)],
        [1, priced(1050, 'reduced')],
      ],
      'standard',
    );
    expect(made.taxIncluded).toBe(true);
    // 3998 × 19/119 = 638.3; 1050 × 7/107 = 68.7; 490 × 19/119 = 78.2
    expect(made.lines.map((line) => [line.total.amount, line.tax.amount, line.taxRate])).toEqual([
      [3998, 638, '0.19'],
      [1050, 69, '0.07'],
    ]);
    expect(made.shipping).toEqual({
      method: 'standard',
      name: 'Standard parcel',
      tax: { amount: 78, currency: 'EUR' },
      taxRate: '0.19',
      total: { amount: 490, currency: 'EUR' },
    });
    expect([made.total.amount, made.tax.amount]).toEqual([5538, 785]);
  });

  it('sends a French parcel free of charge from the threshold on, at a rate with three decimals', () => {
    const made = quote(
      'FR',
      'EUR',
      [
        [3, priced(333, 'reduced')],
        [1, priced(10_000)],
      ],
      'standard',
    );
    // 999 × 55/1055 = 52.1; 10000 × 20/120 = 1666.7
    expect(made.lines.map(({ tax }) => tax.amount)).toEqual([52, 1667]);
    expect(made.shipping?.total.amount).toBe(0);
    expect([made.total.amount, made.tax.amount]).toEqual([10_999, 1719]);
  });

  it('taxes British books at zero, and rounds half a penny up', () => {
    const made = quote(
      'GB',
      'EUR',
      [
        [1, priced(1500, 'zero')],
        [1, priced(3)],
      ],
      'standard',
    );
    // 3 × 20/120 = 0.5; 1090 × 20/120 = 181.7
    expect(made.lines.map(({ tax, taxRate }) => [tax.amount, taxRate])).toEqual([
      [0, '0'],
      [1, '0.20'],
    ]);
    expect([made.total.amount, made.tax.amount]).toEqual([2593, 183]);
  });

  it('adds American tax on top of goods and parcel', () => {
    const made = quote(
      'US',
      'USD',
      [
        [3, priced(1999)],
        [2, priced(1250, 'reduced')],
        [1, priced(200)],
      ],
      'standard',
    );
    expect(made.taxIncluded).toBe(false);
    // 5997 × 8.25 % = 494.75; 2500 × 4 % = 100; 200 × 8.25 % = 16.5; 1890 × 8.25 % = 155.9
    expect(made.lines.map(({ total, tax }) => [total.amount, tax.amount])).toEqual([
      [6492, 495],
      [2600, 100],
      [217, 17],
    ]);
    expect([made.shipping?.total.amount, made.shipping?.tax.amount]).toEqual([2046, 156]);
    expect([made.total.amount, made.tax.amount]).toEqual([11_355, 768]);
  });

  it('has no shipping until a method is chosen', () => {
    const made = quote('DE', 'EUR', [[1, priced(1000)]]);
    expect([made.shipping, made.total.amount]).toEqual([null, 1000]);
  });

  it('takes the band of the whole weight and the threshold of the whole value', () => {
    expect(quote('DE', 'EUR', [[6, priced(100)]], 'standard').shipping?.total.amount).toBe(490);
    expect(quote('DE', 'EUR', [[7, priced(100)]], 'standard').shipping?.total.amount).toBe(690);
    expect(quote('DE', 'EUR', [[1, priced(5999)]], 'standard').shipping?.total.amount).toBe(490);
    expect(quote('DE', 'EUR', [[1, priced(6000)]], 'standard').shipping?.total.amount).toBe(0);
  });

  it.each([
    ['a country without tax', 'JP', 1, undefined],
    ['an unknown method', 'DE', 1, 'balloon'],
    ['a method that does not go there', 'FR', 1, 'express'],
    ['a parcel that is too heavy', 'DE', 40, 'standard'],
  ])('refuses %s as not shippable', (_what, country, quantity, method) => {
    expect(() => quote(country, 'EUR', [[quantity, priced(100)]], method)).toThrow('not-shippable');
  });

  it('refuses a total that no order may have', () => {
    expect(() => quote('DE', 'EUR', [[99, priced(1_000_000_000)]])).toThrow('total-too-high');
  });

  it('names every article that has no price', () => {
    const { basket } = basketOf('DE', 'EUR', [
      [1, priced(1)],
      [1, priced(1)],
    ]);
    expect(() => quoteOf(basket, new Map(), sampleRules)).toThrow(
      expect.objectContaining({ code: 'unknown-sku', extra: { skus: ['ART-0', 'ART-1'] } }),
    );
  });
});

describe('shipping options', () => {
  it('are every method that goes there, as listed', () => {
    const { basket, prices } = basketOf('DE', 'EUR', [[1, priced(1000)]]);
    expect(optionsFor(basket, prices, sampleRules)).toEqual([
      { code: 'standard', name: 'Standard parcel', price: { amount: 490, currency: 'EUR' } },
      { code: 'express', name: 'Express', price: { amount: 1190, currency: 'EUR' } },
    ]);
  });

  it('are none where the shop does not deliver', () => {
    const { basket, prices } = basketOf('JP', 'EUR', [[1, priced(1000)]]);
    expect(optionsFor(basket, prices, sampleRules)).toEqual([]);
  });
});

describe('integer maths', () => {
  it('reads rates as text, without a double in between', () => {
    expect(['0', '0.2', '0.055', '0.000001', '0.0825'].map(partsPerMillion)).toEqual([
      0n,
      200_000n,
      55_000n,
      1n,
      82_500n,
    ]);
  });

  it('rounds halves up', () => {
    expect([divideHalfUp(5n, 2n), divideHalfUp(249n, 100n), divideHalfUp(0n, 7n)]).toEqual([3n, 2n, 0n]);
  });
});

describe('rules', () => {
  it('accept the sample', () => expect(faultsOfRules(sampleRules)).toEqual([]));

  it.each([
    ['a rate as a number', { taxes: [{ ...sampleRules.taxes[0], standard: 0.19 }] }],
    ['a country twice', { taxes: [...sampleRules.taxes, sampleRules.taxes[0]] }],
    ['a delivered country without tax', { taxes: sampleRules.taxes.slice(1) }],
    ['a promotion', { promotions: [{ code: 'SUMMER' }] }],
    [
      'a country in two zones',
      { shipping: shippingWith({ zones: { home: ['DE'], near: ['DE'], far: ['US'] } }) },
    ],
    ['a zone that nobody defined', { shipping: shippingWith({ zones: { home: ['DE'] } }) }],
  ])('refuse %s', (_what, change) => {
    expect(faultsOfRules({ ...sampleRules, ...change })).not.toEqual([]);
  });
});

function shippingWith(change: object) {
  return { ...sampleRules.shipping, ...change };
}
