/** Facets of a list: by what it can be narrowed, and how many products would be left. */
import type { AttributeCount, Sifted } from './product-filter.ts';
import type { Categories } from './product-index.ts';

/** `name` is the query parameter that filters by it; `value` what to give it; `label` its words for people, if others. */
export interface Facet {
  name: string;
  values: { value: string; label?: string; count: number }[];
}

const maxAttributes = 12;
const maxValues = 50;

/** Category and brand; neither narrows itself, so that one can see what else there is. */
export function categoryAndBrandFacets(
  found: Pick<Sifted, 'brands' | 'categories'>,
  categories: Categories,
): Facet[] {
  const inCategories: Counts = new Map();
  for (const { categoryId, count } of found.categories) {
    for (const { slug, name } of categories.lineOf(categoryId)) {
      const known = inCategories.get(slug)?.count ?? 0;
      inCategories.set(slug, { label: name, count: known + count });
    }
  }
  const ofBrands = new Map(found.brands.map(({ brand, count }) => [brand, { label: brand, count }]));
  return [facetOf('category', inCategories), facetOf('brand', ofBrands)].filter(
    ({ values }) => values.length > 0,
  );
}

/** The attributes that most of the products have. */
export function attributeFacets(counts: readonly AttributeCount[]): Facet[] {
  const facets = [...Map.groupBy(counts, ({ name }) => name)].map(([name, rows]) => ({
    covered: rows.reduce((sum, { count }) => sum + count, 0),
    facet: facetOf(`attr.${name}`, new Map(rows.map(({ value, count }) => [value, { label: value, count }]))),
  }));
  return facets
    .sort((a, b) => b.covered - a.covered || a.facet.name.localeCompare(b.facet.name))
    .slice(0, maxAttributes)
    .map(({ facet }) => facet);
}

type Counts = Map<string, { label: string; count: number }>;

function facetOf(name: string, counts: Counts): Facet {
  const values = [...counts].map(([value, { label, count }]) => ({
    value,
    ...(label === value ? {} : { label }),
    count,
  }));
  values.sort((a, b) => b.count - a.count || a.value.localeCompare(b.value));
  return { name, values: values.slice(0, maxValues) };
}
