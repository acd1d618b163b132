/** A small set of rules whose results a person can compute, and prices to go with it. */
import type { Price } from '../src/quote.ts';
import type { Rules } from '../src/rules.ts';

export const sampleRules: Rules = {
  taxes: [
    { country: 'DE', included: true, standard: '0.19', reduced: '0.07', zero: '0' },
    { country: 'FR', included: true, standard: '0.20', reduced: '0.055', zero: '0' },
    { country: 'GB', included: true, standard: '0.20', reduced: '0.05', zero: '0' },
    { country: 'US', included: false, standard: '0.0825', reduced: '0.04', zero: '0' },
  ],
  shipping: {
    taxClass: 'standard',
    zones: { home: ['DE'], near: ['FR'], far: ['GB', 'US'] },
    methods: [
      {
        code: 'standard',
        name: 'Standard parcel',
        rates: [
          { zone: 'home', currency: 'EUR', freeOver: 6000, bands: bands(490, 690) },
          { zone: 'near', currency: 'EUR', freeOver: 9000, bands: bands(790, 1190) },
          { zone: 'far', currency: 'EUR', bands: bands(1090, 1690) },
          { zone: 'far', currency: 'USD', freeOver: 19500, bands: bands(1890, 3690) },
        ],
      },
      {
        code: 'express',
        name: 'Express',
        rates: [{ zone: 'home', currency: 'EUR', bands: bands(1190, 1790) }],
      },
    ],
  },
  promotions: [],
};

function bands(light: number, heavy: number) {
  return [
    { upToGrams: 2_000, price: light },
    { upToGrams: 10_000, price: heavy },
  ];
}

/** A price of an article that weighs 300 g. */
export function priced(amount: number, taxClass: Price['taxClass'] = 'standard'): Price {
  return { amount, taxClass, weightGrams: 300 };
}
