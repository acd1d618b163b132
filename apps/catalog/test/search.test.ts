/** Search and suggestions: what is found, and that nothing one can type is an error. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillCategories, fillProducts } from './fill-catalogue.ts';
import { type CatalogUnderTest, openCatalog, slugsOf } from './shop.ts';

let shop: CatalogUnderTest;

beforeAll(async () => {
  shop = await openCatalog();
  const categories = await fillCategories(shop.db);
  await fillProducts(shop.db, categories, [
    {
      slug: 'copper-pot',
      name: 'Copper Pot',
      brand: 'Khan Nour',
      category: 'kitchen',
      popularity: 3,
      description: 'Boils water over a fire in the desert.',
      attributes: { material: 'copper', origin: 'Türkiye' },
      variants: [{ sku: 'POT-12', options: { size: 'XL' } }],
    },
    { slug: 'copper-lamp', name: 'Copper Lamp', category: 'lighting', popularity: 5 },
    {
      slug: 'mint-tea',
      name: "Sultan's Mint (strong)",
      category: 'tea',
      description: 'Drink it hot; copper-free.',
    },
    { slug: 'unborn', name: 'Copper Draft', status: 'draft' },
  ]);
});
afterAll(() => shop.close());

describe('search', () => {
  it.each([
    ['copper pot', ['copper-pot']],
    ['COPPER', ['copper-lamp', 'copper-pot', 'mint-tea']],
    ['cop', ['copper-lamp', 'copper-pot', 'mint-tea']],
    ['co', ['copper-lamp', 'copper-pot', 'mint-tea']],
    ['copper la', ['copper-lamp']],
    ['cop lamp', []],
    ['the fire in the desert', ['copper-pot']],
    ['pot-12', ['copper-pot']],
    ['xl', ['copper-pot']],
    ['turkiye', ['copper-pot']],
    ['lighting', ['copper-lamp']],
    ["sultan's", ['mint-tea']],
    ['mint (strong)', ['mint-tea']],
    ['+mint -copper', ['mint-tea']],
    ['zeppelin', []],
    ['***', []],
  ])('finds by %j', async (q, expected) => {
    expect(slugsOf(await shop.get(`/products?q=${encodeURIComponent(q)}`))).toEqual(expected);
  });

  it('answers 200 to whatever is typed', async () => {
    const typed = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.string({ unit: fc.constantFrom(...'+-<>()~*"@%_\\\'; \0co12é字'), maxLength: 30 }),
    );
    await fc.assert(
      fc.asyncProperty(typed, async (text) => {
        const q = encodeURIComponent(text.toWellFormed());
        const [list, suggestions] = await Promise.all([
          shop.get(`/products?q=${q}`),
          shop.get(`/search/suggestions?q=${q}`),
        ]);
        expect([list.status, suggestions.status]).toEqual([200, 200]);
      }),
      { numRuns: 150 },
    );
  });

  it('takes bytes that are no text as a word that nothing has', async () => {
    expect((await shop.get('/products?q=%ff%fe%00')).body.items).toEqual([]);
  });
});

describe('suggestions', () => {
  it.each([
    ['cop', ['product:copper-lamp', 'product:copper-pot']],
    ['kit', ['category:kitchen', 'product:copper-pot']],
    ['nour', ['brand:Khan Nour', 'product:copper-lamp', 'product:copper-pot', 'product:mint-tea']],
    ['desert', []],
    ['', []],
  ])('for %j are as expected', async (q, expected) => {
    const { body } = await shop.get(`/search/suggestions?q=${q}`);
    const found = body.items.map(
      (item: { kind: string; slug?: string; text: string }) => `${item.kind}:${item.slug ?? item.text}`,
    );
    expect(found.toSorted()).toEqual(expected.toSorted());
  });
});
