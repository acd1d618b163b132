/** The index against a plain reading of the same products: whatever was put in, replaced and removed before. */
import type { Currency } from '@souk/contracts/money';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProductFacts } from '../src/product-columns.ts';
import type { ProductFilter } from '../src/product-filter.ts';
import { createProductIndex } from '../src/product-index.ts';
import { type Page, sorts } from '../src/product-page.ts';
import { folded, searchWordsOf, wordsIn } from '../src/search-words.ts';

/** `lamps` stands below `home`; ids are slugs. */
const names: Record<string, string> = { home: 'Home', lamps: 'Copper Lamps', tea: 'Tea' };
const below: Record<string, string[]> = { home: ['home', 'lamps'], lamps: ['lamps'], tea: ['tea'] };
const lineOf: Record<string, string[]> = { home: ['home'], lamps: ['lamps', 'home'], tea: ['tea'] };
const tree = {
  all: Object.entries(names).map(([slug, name]) => ({ slug, name })),
  idsBelow: (slug: string) => below[slug] ?? [],
  lineOf: (id: string) => lineOf[id]!.map((slug) => ({ slug, name: names[slug]! })),
};

const few = ['tea', 'Téa', 'teapot', 'copper', 'lamp', 'home', 'x'];
const texts = fc.array(fc.constantFrom(...few), { maxLength: 3 }).map((words) => words.join(' '));
const brands = fc.constantFrom('Khan Nour', 'khan nour', 'Tamrit');
const colours = fc.constantFrom('red', 'Red', 'green');

const product: fc.Arbitrary<ProductFacts> = fc.record({
  id: fc.constantFrom(...'ABCDEFGHIJKL'),
  brand: brands,
  categoryId: fc.constantFrom('home', 'lamps', 'tea'),
  popularity: fc.nat(3),
  publishedAtMs: fc.nat(3),
  prices: fc.constantFrom({ EUR: 100 }, { EUR: 200, USD: 300 }, { USD: 100 }, {}),
  attributes: fc.uniqueArray(fc.record({ name: fc.constantFrom('colour', 'shade'), value: colours }), {
    selector: ({ name }) => name,
  }),
  keywords: texts,
  description: texts,
});
const filter = fc.record(
  {
    currency: fc.constantFrom<Currency>('EUR', 'USD'),
    categoryIds: fc.constantFrom<string[]>(['home', 'lamps'], ['tea']),
    brand: brands,
    attributes: fc.uniqueArray(fc.record({ name: fc.constantFrom('colour', 'shade'), value: colours }), {
      selector: ({ name }) => name,
    }),
    minPrice: fc.constantFrom(100, 150),
    maxPrice: fc.constantFrom(150, 250),
    words: texts.filter((text) => text !== '').map(searchWordsOf),
  },
  { requiredKeys: ['currency', 'attributes'] },
);
/** Products that come, again or for the first time, and ids that go. */
const history = fc.array(fc.oneof(product, fc.constantFrom(...'ABCDEF')), { maxLength: 30 });

const same = (a: string, b: string) => a.localeCompare(b, 'en', { sensitivity: 'base' }) === 0;
const isLike = (facts: ProductFacts, name: string, value: string) =>
  facts.attributes.some((attribute) => attribute.name === name && same(attribute.value, value));

/** Whether a product passes, said as plainly as can be; `without` names what is left open. */
function passes(facts: ProductFacts, wanted: ProductFilter, without: readonly string[] = []): boolean {
  const price = facts.prices[wanted.currency];
  const words = [
    facts.keywords,
    facts.description,
    ...lineOf[facts.categoryId]!.map((id) => names[id]!),
  ].flatMap(wordsIn);
  return (
    price !== undefined &&
    price >= (wanted.minPrice ?? 0) &&
    price <= (wanted.maxPrice ?? 1_000) &&
    (without.includes('category') || !wanted.categoryIds || wanted.categoryIds.includes(facts.categoryId)) &&
    (without.includes('brand') || !wanted.brand || same(wanted.brand, facts.brand)) &&
    wanted.attributes.every(({ name, value }) => without.includes(name) || isLike(facts, name, value)) &&
    (wanted.words ?? []).every(({ text, unfinished }) =>
      words.some((word) => (unfinished ? word.startsWith(text) : word === text)),
    )
  );
}

function lived(steps: readonly (ProductFacts | string)[]) {
  // So few that places are soon used again.
  const index = createProductIndex(1);
  const products = new Map<string, ProductFacts>();
  for (const step of steps) {
    if (typeof step === 'string') {
      index.remove([step]);
      products.delete(step);
    } else {
      index.put([step]);
      products.set(step.id, step);
    }
  }
  return { index, products: [...products.values()] };
}

/** How often each occurs. */
const tally = (values: readonly string[]) =>
  Object.fromEntries([...Map.groupBy(values, (value) => value)].map(([value, all]) => [value, all.length]));

const runs = { numRuns: 1_000 };

describe('the index of products', () => {
  it('finds what passes the filter', () => {
    fc.assert(
      fc.property(history, filter, (steps, wanted) => {
        const { index, products } = lived(steps);
        const found = index.find(wanted, tree);
        const { ids } = found.page({ sort: 'popular', limit: 100 });
        expect(found.count).toBe(ids.length);
        expect(ids.toSorted()).toEqual(
          products
            .filter((facts) => passes(facts, wanted))
            .map(({ id }) => id)
            .toSorted(),
        );
        expect(index.ids().toSorted()).toEqual(products.map(({ id }) => id).toSorted());
      }),
      runs,
    );
  });

  it('counts what a click on a brand, a category or an attribute would leave', () => {
    fc.assert(
      fc.property(history, filter, (steps, wanted) => {
        const { index, products } = lived(steps);
        const found = index.find(wanted, tree);
        const open = (...without: string[]) => products.filter((facts) => passes(facts, wanted, without));
        expect(Object.fromEntries(found.brands.map(({ brand, count }) => [folded(brand), count]))).toEqual(
          tally(open('brand').map(({ brand }) => folded(brand))),
        );
        expect(Object.fromEntries(found.categories.map((row) => [row.categoryId, row.count]))).toEqual(
          tally(open('category').map(({ categoryId }) => categoryId)),
        );
        const counted = found.countAttributes().map((row) => ({ ...row, value: folded(row.value) }));
        const expected = ['colour', 'shade'].flatMap((name) => {
          const values = open(name).flatMap(({ attributes }) =>
            attributes.filter((own) => own.name === name).map(({ value }) => value),
          );
          return Object.entries(tally(values.map(folded))).map(([value, count]) => ({ name, value, count }));
        });
        expect(counted).toHaveLength(expected.length);
        expect(counted).toEqual(expect.arrayContaining(expected));
      }),
      runs,
    );
  });

  it('suggests by short texts and categories, and not by descriptions', () => {
    fc.assert(
      fc.property(history, texts, (steps, text) => {
        const { index, products } = lived(steps);
        const words = searchWordsOf(text);
        const expected = products.filter((facts) => {
          const { id: _id, description: _description, ...rest } = facts;
          const open = { ...rest, id: '', description: '', prices: { EUR: 100 }, attributes: [] };
          return words.length > 0 && passes(open, { currency: 'EUR', attributes: [], words });
        });
        const byPopularity = expected.toSorted(
          (a, b) => b.popularity - a.popularity || (a.id < b.id ? 1 : -1),
        );
        expect(index.named(words, tree, 3)).toEqual(byPopularity.slice(0, 3).map(({ id }) => id));
      }),
      runs,
    );
  });
});

describe('a page', () => {
  it('is where it belongs, and pages together are the list', () => {
    fc.assert(
      fc.property(
        history,
        fc.constantFrom(...sorts),
        fc.integer({ min: 1, max: 4 }),
        (steps, sort, limit) => {
          const { index, products } = lived(steps);
          const found = index.find({ currency: 'EUR', attributes: [] }, tree);
          const up = sort === 'price' ? 1 : -1;
          const value = { popular: 'popularity', newest: 'publishedAtMs' } as const;
          const rank = (one: ProductFacts) =>
            sort === 'popular' || sort === 'newest' ? one[value[sort]] : one.prices.EUR!;
          const whole = products
            .filter(({ prices }) => prices.EUR !== undefined)
            .toSorted((a, b) => up * (rank(a) - rank(b) || (a.id < b.id ? -1 : 1)))
            .map(({ id }) => id);
          const walked: string[] = [];
          let after: Page['after'];
          do {
            const page = found.page({ sort, limit, after });
            walked.push(...page.ids);
            after = page.end;
          } while (after);
          expect(walked).toEqual(whole);
        },
      ),
      runs,
    );
  });
});
