/** Which products pass a filter, and how many of each kind there are: one pass over products in memory. */
import type { Currency } from '@souk/contracts/money';
import type { ProductColumns } from './product-columns.ts';
import { folded, type SearchWord } from './search-words.ts';

/** Which products a list holds. */
export interface ProductFilter {
  currency: Currency;
  /** The category that was asked for with all below it. */
  categoryIds?: string[];
  brand?: string;
  attributes: { name: string; value: string }[];
  /** Minor units, both inclusive. */
  minPrice?: number;
  maxPrice?: number;
  words?: SearchWord[];
}

/** How many products of a brand stand in a category. */
export interface BrandAndCategoryCount {
  brand: string;
  categoryId: string;
  count: number;
}

/** How many products have an attribute value. */
export interface AttributeCount {
  name: string;
  value: string;
  count: number;
}

export interface Sifted {
  /** Numbers of the products that pass. */
  passing: number[];
  /** How many there are of each brand in each category, whichever brand and category were asked for. */
  brandsAndCategories: BrandAndCategoryCount[];
  /** How many have each attribute value. A value that was asked for does not narrow its own attribute. */
  countAttributes(): AttributeCount[];
}

/** Those of the products that pass all but the words of the filter. */
export function sift(products: Iterable<number>, columns: ProductColumns, filter: ProductFilter): Sifted {
  const { minPrice = 0, maxPrice = Number.POSITIVE_INFINITY } = filter;
  const { brands, categories } = columns;
  const prices = columns.prices[filter.currency];
  const isAsked = askedFor(columns, filter);
  const passing: number[] = [];
  const nearly: { product: number; name: string }[] = [];
  const counts = new Map<number, number>();
  for (const product of products) {
    const price = prices[product]!;
    // NaN is neither.
    if (!(price >= minPrice && price <= maxPrice)) continue;
    const lacking = isAsked.lackingOf(product);
    if (lacking.length === 0) {
      const pair = categories[product]! * columns.brandList.length + brands[product]!;
      counts.set(pair, (counts.get(pair) ?? 0) + 1);
    }
    if (!isAsked.brand(brands[product]!) || !isAsked.category(categories[product]!)) continue;
    if (lacking.length === 0) passing.push(product);
    if (lacking.length === 1) nearly.push({ product, name: lacking[0]! });
  }
  return {
    passing,
    brandsAndCategories: pairsOf(counts, columns),
    countAttributes: () => countAttributes(columns, passing, nearly),
  };
}

/** What was asked for, by numbers. */
function askedFor(
  { brandList, categoryList, attributeList, attributes }: ProductColumns,
  filter: ProductFilter,
) {
  const key = filter.brand === undefined ? undefined : folded(filter.brand);
  const isBrand = brandList.map((brand) => key === undefined || brand.key === key);
  const isCategory = categoryList.map((id) => filter.categoryIds?.includes(id) ?? true);
  const wanted = filter.attributes.map(({ name, value }) => ({ name, key: folded(value) }));
  const none: string[] = [];
  return {
    brand: (number: number) => isBrand[number]!,
    category: (number: number) => isCategory[number]!,
    /** Names of the attributes that the product has not as they were asked for. */
    lackingOf(product: number): string[] {
      if (wanted.length === 0) return none;
      const own = attributes[product]!.map((number) => attributeList[number]!);
      const lacking = wanted.filter(
        (asked) => !own.some((attribute) => attribute.name === asked.name && attribute.key === asked.key),
      );
      return lacking.map(({ name }) => name);
    },
  };
}

function pairsOf(counts: ReadonlyMap<number, number>, columns: ProductColumns): BrandAndCategoryCount[] {
  const { brandList, categoryList } = columns;
  return [...counts].map(([pair, count]) => ({
    brand: brandList[pair % brandList.length]!.name,
    categoryId: categoryList[Math.floor(pair / brandList.length)]!,
    count,
  }));
}

function countAttributes(
  { attributes, attributeList }: ProductColumns,
  passing: readonly number[],
  nearly: readonly { product: number; name: string }[],
): AttributeCount[] {
  const counts = new Uint32Array(attributeList.length);
  for (const product of passing) for (const attribute of attributes[product]!) counts[attribute]! += 1;
  // All but the attribute that they lack is as asked for: they count for what else there is of that one.
  for (const { product, name } of nearly) {
    for (const attribute of attributes[product]!) {
      if (attributeList[attribute]!.name === name) counts[attribute]! += 1;
    }
  }
  return attributeList
    .map(({ name, value }, attribute) => ({ name, value, count: counts[attribute]! }))
    .filter(({ count }) => count > 0);
}
