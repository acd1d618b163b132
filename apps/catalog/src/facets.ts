/** Facets of a list: by what it can be narrowed, and how many products would be left. */
import type { CategoryTree } from './category-tree.ts';
import type { ListingFilter } from './listing-filter-store.ts';
import type { AttributeCount, BrandAndCategoryCount } from './listing-store.ts';

/** `name` is the query parameter that filters by it; `value` what to give it; `label` its words for people, if others. */
export interface Facet {
  name: string;
  values: { value: string; label?: string; count: number }[];
}

const maxAttributes = 12;
const maxValues = 50;

/** How many products pass the whole filter, from counts that leave brand and category open. */
export function totalOf(counts: readonly BrandAndCategoryCount[], filter: ListingFilter): number {
  return counts
    .filter((row) => inBrand(row, filter) && inCategory(row, filter))
    .reduce((sum, { count }) => sum + count, 0);
}

/** Category and brand; neither narrows itself, so that one can see what else there is. */
export function categoryAndBrandFacets(
  counts: readonly BrandAndCategoryCount[],
  filter: ListingFilter,
  tree: CategoryTree,
): Facet[] {
  const categories = new Map<string, { label: string; count: number }>();
  const brands = new Map<string, { label: string; count: number }>();
  for (const row of counts) {
    if (inCategory(row, filter)) add(brands, { value: row.brand, label: row.brand, count: row.count });
    if (!inBrand(row, filter)) continue;
    for (const { slug, name } of tree.lineOf(row.category_id)) {
      add(categories, { value: slug, label: name, count: row.count });
    }
  }
  return [facetOf('category', categories), facetOf('brand', brands)].filter(
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

function inBrand({ brand }: BrandAndCategoryCount, filter: ListingFilter): boolean {
  return filter.brand === undefined || sameText.compare(brand, filter.brand) === 0;
}

function inCategory({ category_id }: BrandAndCategoryCount, { categoryIds }: ListingFilter): boolean {
  return categoryIds === undefined || categoryIds.includes(category_id);
}

/** As the database compares names: without regard to case and accents. */
const sameText = new Intl.Collator('en', { sensitivity: 'base' });

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
