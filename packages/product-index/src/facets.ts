/** Facets of a list: by what it can be narrowed, and how many products would be left. */
import type { AttributeCount, BrandAndCategoryCount, ProductFilter } from './product-filter.ts';
import type { Categories } from './product-index.ts';
import { folded } from './search-words.ts';

/** `name` is the query parameter that filters by it; `value` what to give it; `label` its words for people, if others. */
export interface Facet {
  name: string;
  values: { value: string; label?: string; count: number }[];
}

const maxAttributes = 12;
const maxValues = 50;

/** Category and brand; neither narrows itself, so that one can see what else there is. */
export function categoryAndBrandFacets(
  counts: readonly BrandAndCategoryCount[],
  filter: ProductFilter,
  categories: Categories,
): Facet[] {
  const inCategories = new Map<string, { label: string; count: number }>();
  const ofBrands = new Map<string, { label: string; count: number }>();
  for (const row of counts) {
    if (inCategory(row, filter)) add(ofBrands, { value: row.brand, label: row.brand, count: row.count });
    if (!inBrand(row, filter)) continue;
    for (const { slug, name } of categories.lineOf(row.categoryId)) {
      add(inCategories, { value: slug, label: name, count: row.count });
    }
  }
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

function inBrand({ brand }: BrandAndCategoryCount, filter: ProductFilter): boolean {
  return filter.brand === undefined || folded(brand) === folded(filter.brand);
}

function inCategory({ categoryId }: BrandAndCategoryCount, { categoryIds }: ProductFilter): boolean {
  return categoryIds === undefined || categoryIds.includes(categoryId);
}

type Counts = Map<string, { label: string; count: number }>;

function add(counts: Counts, { value, label, count }: { value: string; label: string; count: number }): void {
  const known = counts.get(value);
  if (known) known.count += count;
  else counts.set(value, { label, count });
}

function facetOf(name: string, counts: Counts): Facet {
  const values = [...counts].map(([value, { label, count }]) => ({
    value,
    ...(label === value ? {} : { label }),
    count,
  }));
  values.sort((a, b) => b.count - a.count || a.value.localeCompare(b.value));
  return { name, values: values.slice(0, maxValues) };
}
