/** The hand-written shop keeps its promises, and the large catalogue is the same everywhere. */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { faultsOfRules } from '../../../apps/pricing/src/rules.ts';
import { leafCategories, loadShop } from '../catalogue.ts';
import { largeCatalogue } from '../large-catalogue.ts';
import type { Product } from '../shop.ts';

const shop = loadShop();
const { products } = shop;
const media = new URL('../../../apps/catalog/media/', import.meta.url);
const picture = (product: Product) => new URL(`${product.image}.svg`, media);
const wordsOf = (text: string) => text.split(/\s+/).filter((word) => /\p{L}/u.test(word));
const stockOf = (list: Product[]) => list.flatMap(({ variants }) => variants.map(({ stock }) => stock));

describe('the hand-written products', () => {
  test('are at least sixty, in at least eight categories that all have some', () => {
    const leaves = leafCategories(shop.categories).map(({ slug }) => slug);
    expect(products.length).toBeGreaterThanOrEqual(60);
    expect(leaves.length).toBeGreaterThanOrEqual(8);
    expect(new Set(products.map(({ category }) => category))).toEqual(new Set(leaves));
  });

  test.each(products.map((product) => [product.slug, product] as const))(
    '%s is described in sixty words and two attributes',
    (_, product) => {
      expect(wordsOf(product.description).length).toBeGreaterThanOrEqual(60);
      expect(Object.keys(product.attributes).length).toBeGreaterThanOrEqual(2);
    },
  );

  test('are described in words of their own: no two share a run of six', () => {
    const runs = products.flatMap(({ description }) => {
      const words = wordsOf(description.toLowerCase());
      return [
        ...new Set(
          words
            .map((_, at) => words.slice(at, at + 6).join(' '))
            .filter((run) => run.split(' ').length === 6),
        ),
      ];
    });
    expect(runs.filter((run, at) => runs.indexOf(run) !== at)).toEqual([]);
  });

  test('have SKUs and slugs that occur once', () => {
    const skus = products.flatMap(({ variants }) => variants.map(({ sku }) => sku));
    expect(new Set(skus).size).toBe(skus.length);
    expect(new Set(products.map(({ slug }) => slug)).size).toBe(products.length);
  });

  test('start with 1 to 500 pieces, some with the last one', () => {
    const stock = stockOf(products);
    expect(Math.min(...stock)).toBe(1);
    expect(Math.max(...stock)).toBe(500);
  });

  test('have a picture each, under 6 kB, safe to embed and unlike the others', () => {
    const drawings = products.map((product) => readFileSync(picture(product), 'utf8'));
    for (const product of products) expect(statSync(picture(product)).size).toBeLessThan(6_000);
    for (const drawing of drawings) {
      expect(drawing).toContain('viewBox="0 0 800 800"');
      expect(drawing).not.toMatch(/<script|href=|NaN|undefined/);
    }
    expect(new Set(drawings).size).toBe(products.length);
    expect(readFileSync(new URL('LICENSE', media), 'utf8')).toContain('CC0-1.0');
  });
});

describe('tax and shipping', () => {
  test('are rules that pricing accepts', () => {
    expect(faultsOfRules({ taxes: shop.taxes, shipping: shop.shipping, promotions: [] })).toEqual([]);
  });

  test('cover at least six countries, with the tax inside the price in Europe and on top in America', () => {
    const included = new Map(shop.taxes.map((tax) => [tax.country, tax.included]));
    expect(included.size).toBeGreaterThanOrEqual(6);
    expect(['DE', 'FR', 'AT', 'NL', 'GB'].map((country) => included.get(country))).toEqual(
      Array(5).fill(true),
    );
    expect(included.get('US')).toBe(false);
  });

  test('let every variant be sent by standard parcel to every country, in both currencies', () => {
    const heaviest = Math.max(
      ...products.flatMap(({ variants }) => variants.map(({ weightGrams }) => weightGrams)),
    );
    const standard = shop.shipping.methods.find(({ code }) => code === 'standard')!;
    for (const zone of Object.keys(shop.shipping.zones)) {
      for (const currency of ['EUR', 'USD']) {
        const rate = standard.rates.find((row) => row.zone === zone && row.currency === currency);
        expect(rate?.bands.at(-1)?.upToGrams).toBeGreaterThanOrEqual(heaviest);
        expect(rate?.freeOver).toBeGreaterThan(0);
      }
    }
  });
});

describe('the large catalogue', () => {
  const make = (size: number, seedNumber = 1) => [...largeCatalogue(products, { size, seedNumber })].flat();
  const hash = (list: Product[]) => createHash('sha256').update(JSON.stringify(list)).digest('hex');

  test('is the same for the same seed number and another one for another', () => {
    expect(hash(make(1_000))).toBe(hash(make(1_000)));
    expect(hash(make(1_000, 2))).not.toBe(hash(make(1_000)));
  });

  test('begins with the hand-written products, and a larger one begins with a smaller one', () => {
    const large = make(2_000);
    expect(large.slice(0, products.length)).toEqual(products);
    expect(hash(large.slice(0, 1_000))).toBe(hash(make(1_000)));
  });

  test('has ten thousand products whose slugs, SKUs, prices and stock a shop could sell', () => {
    const large = make(10_000);
    const variants = large.flatMap((product) => product.variants);
    expect(large).toHaveLength(10_000);
    expect(new Set(large.map(({ slug }) => slug)).size).toBe(large.length);
    expect(new Set(variants.map(({ sku }) => sku)).size).toBe(variants.length);
    expect(variants.filter(({ sku }) => !/^[A-Z0-9-]{3,40}$/.test(sku))).toEqual([]);
    expect(
      variants.filter(
        ({ prices }) => !Object.values(prices).every((price) => Number.isInteger(price) && price > 0),
      ),
    ).toEqual([]);
    const stock = stockOf(large);
    expect(Math.min(...stock)).toBe(1);
    expect(Math.max(...stock)).toBe(500);
  });

  test('comes in batches of bounded size', () => {
    const sizes = [...largeCatalogue(products, { size: 1_050, seedNumber: 1, batchSize: 500 })].map(
      (batch) => batch.length,
    );
    expect(sizes).toEqual([500, 500, 50]);
  });
});
