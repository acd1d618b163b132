/** Which products pass a filter, and how many of each kind there are: one pass over products in memory. */
import type { Currency } from '@souk/contracts/money';
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

/** An attribute's value; products with the same share one. */
export interface Attribute {
  name: string;
  value: string;
  /** By which values are compared. */
  key: string;
}

/** What products are narrowed and sorted by. */
export interface IndexedProduct {
  id: string;
  /** As it is written, and as it is compared. */
  brand: string;
  brandKey: string;
  categoryId: string;
  popularity: number;
  publishedAtMs: number;
  /** The least price of a variant, minor units, in each currency in which it is sold. */
  prices: Partial<Record<Currency, number>>;
  attributes: readonly Attribute[];
}

export interface Found {
  products: IndexedProduct[];
  /** How many there are of each brand in each category, whichever brand and category were asked for. */
  brandsAndCategories: BrandAndCategoryCount[];
  /** How many have each attribute value. A value that was asked for does not narrow its own attribute. */
  countAttributes(): AttributeCount[];
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

type Wanted = Pick<Attribute, 'name' | 'key'>;

/** Those of the products that pass all but the words of the filter. Gaps are skipped. */
export function sift(products: Iterable<IndexedProduct | undefined>, filter: ProductFilter): Found {
  const { currency, minPrice = 0, maxPrice = Number.POSITIVE_INFINITY } = filter;
  const wanted = filter.attributes.map(({ name, value }) => ({ name, key: folded(value) }));
  const brandKey = filter.brand === undefined ? undefined : folded(filter.brand);
  const categoryIds = filter.categoryIds && new Set(filter.categoryIds);
  const passing: IndexedProduct[] = [];
  const nearly: { product: IndexedProduct; name: string }[] = [];
  const counts = new Map<string, BrandAndCategoryCount>();
  for (const product of products) {
    const price = product?.prices[currency];
    if (price === undefined || price < minPrice || price > maxPrice) continue;
    const lacking = wanted.length > 0 ? lackingOf(product!, wanted) : wanted;
    if (lacking.length === 0) count(counts, product!);
    if (brandKey !== undefined && product!.brandKey !== brandKey) continue;
    if (categoryIds && !categoryIds.has(product!.categoryId)) continue;
    if (lacking.length === 0) passing.push(product!);
    if (lacking.length === 1) nearly.push({ product: product!, name: lacking[0]!.name });
  }
  return {
    products: passing,
    brandsAndCategories: [...counts.values()],
    countAttributes: () => countAttributes(passing, nearly),
  };
}

function lackingOf({ attributes }: IndexedProduct, wanted: readonly Wanted[]): Wanted[] {
  return wanted.filter(
    ({ name, key }) => !attributes.some((attribute) => attribute.name === name && attribute.key === key),
  );
}

function count(counts: Map<string, BrandAndCategoryCount>, product: IndexedProduct): void {
  const key = `${product.categoryId}${product.brandKey}`;
  const known = counts.get(key);
  if (known) known.count += 1;
  else counts.set(key, { brand: product.brand, categoryId: product.categoryId, count: 1 });
}

function countAttributes(
  passing: readonly IndexedProduct[],
  nearly: readonly { product: IndexedProduct; name: string }[],
): AttributeCount[] {
  const counts = new Map<Attribute, number>();
  const add = (attribute: Attribute) => counts.set(attribute, (counts.get(attribute) ?? 0) + 1);
  for (const { attributes } of passing) attributes.forEach(add);
  // All but the attribute that they lack is as asked for: they count for what else there is of that one.
  for (const { product, name } of nearly) {
    product.attributes.filter((attribute) => attribute.name === name).forEach(add);
  }
  return [...counts].map(([{ name, value }, number]) => ({ name, value, count: number }));
}
