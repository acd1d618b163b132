/** Facets: in which order they and their values stand, and how many there are at most. */
import { expect, it } from 'vitest';
import { attributeFacets, categoryAndBrandFacets } from '../src/facets.ts';

const lineOf = (id: string) => (id === 'lamps' ? ['lamps', 'home'] : [id]);
const tree = {
  all: [],
  idsBelow: () => [],
  lineOf: (id: string) => lineOf(id).map((slug) => ({ slug, name: slug.toUpperCase() })),
};
/** Not in the order of their counts or names, so that each order has to be made. */
const found = {
  categories: [
    { categoryId: 'tea', count: 1 },
    { categoryId: 'lamps', count: 5 },
    { categoryId: 'attic', count: 1 },
    { categoryId: 'home', count: 3 },
  ],
  brands: [
    { brand: 'Cedar', count: 2 },
    { brand: 'birch', count: 2 },
    { brand: 'Dogwood', count: 3 },
    { brand: 'Alder', count: 2 },
  ],
};
const attributes = (count: number, name: (n: number) => string, value: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => ({ name: name(n), value: value(n), count: n + 1 }));

it('are the category and the brand, the most frequent value first, then by name in any case', () => {
  expect(categoryAndBrandFacets(found, tree)).toEqual([
    {
      name: 'category',
      values: [
        { value: 'home', label: 'HOME', count: 8 },
        { value: 'lamps', label: 'LAMPS', count: 5 },
        { value: 'attic', label: 'ATTIC', count: 1 },
        { value: 'tea', label: 'TEA', count: 1 },
      ],
    },
    {
      name: 'brand',
      values: [
        { value: 'Dogwood', count: 3 },
        { value: 'Alder', count: 2 },
        { value: 'birch', count: 2 },
        { value: 'Cedar', count: 2 },
      ],
    },
  ]);
});

it('have the fifty most frequent values', () => {
  const [colours] = attributeFacets(
    attributes(
      51,
      () => 'colour',
      (n) => `c${n}`,
    ),
  );
  expect(colours?.values.map(({ count }) => count)).toEqual(Array.from({ length: 50 }, (_, n) => 51 - n));
  const many = Array.from({ length: 51 }, (_, n) => ({ brand: `b${n}`, categoryId: `c${n}`, count: n + 1 }));
  const facets = categoryAndBrandFacets({ categories: many, brands: many }, tree);
  expect(facets.map(({ values }) => [values.length, values.at(-1)?.count])).toEqual([
    [50, 2],
    [50, 2],
  ]);
});

it('are the twelve attributes that most products have, the most frequent first, then by name', () => {
  const facets = attributeFacets([
    // Two values of eight and seven: more than any other attribute, though others have more frequent values.
    { name: 'size', value: 's', count: 7 },
    { name: 'size', value: 'm', count: 8 },
    { name: 'finish', value: 'matt', count: 13 },
    ...attributes(
      13,
      (n) => `a${n}`,
      () => 'yes',
    ),
  ]);
  const names = ['size', 'a12', 'finish', ...Array.from({ length: 9 }, (_, n) => `a${11 - n}`)];
  expect(facets.map(({ name }) => name)).toEqual(names.map((name) => `attr.${name}`));
  expect(facets[0]?.values.map(({ value }) => value)).toEqual(['m', 's']);
});
