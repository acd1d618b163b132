/** Which products pass a filter, and how many of each kind there are: one pass over products in memory. */
import type { Currency } from '@souk/contracts/money';
import type { ProductColumns } from './product-columns.ts';
import type { ProductRoom } from './product-room.ts';
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

/** How many products have an attribute value. */
export interface AttributeCount {
  name: string;
  value: string;
  count: number;
}

export interface Sifted {
  /** Numbers of the products that pass. */
  passing: Uint32Array;
  /** How many there are of each brand, whichever brand was asked for. */
  brands: { brand: string; count: number }[];
  /** How many stand in each category itself, whichever category was asked for. */
  categories: { categoryId: string; count: number }[];
  /** How many have each attribute value. A value that was asked for does not narrow its own attribute. */
  countAttributes(): AttributeCount[];
}

/** Those of the products (of all, if absent) that pass all but the words of the filter. */
export function sift(
  products: Uint32Array | undefined,
  columns: ProductColumns,
  filter: ProductFilter,
  { passing }: ProductRoom,
): Sifted {
  const { minPrice = 0, maxPrice = Number.POSITIVE_INFINITY } = filter;
  const { brands, categories } = columns;
  const prices = columns.prices[filter.currency];
  const { isBrand, isCategory, wanted } = askedFor(columns, filter);
  const size = products?.length ?? columns.ids.length;
  let count = 0;
  const nearly = filter.attributes.map(() => [] as number[]);
  const ofBrand = new Uint32Array(columns.brandList.length);
  const inCategory = new Uint32Array(columns.categoryList.length);
  for (let at = 0; at < size; at += 1) {
    const product = products ? products[at]! : at;
    const price = prices[product]!;
    // NaN is neither.
    if (!(price >= minPrice && price <= maxPrice)) continue;
    const lacking = wanted.length === 0 ? all : lackingOf(columns.attributes[product]!, wanted);
    if (lacking === several) continue;
    const brand = brands[product]!;
    const category = categories[product]!;
    if (lacking === all && isCategory[category]) ofBrand[brand]! += 1;
    if (lacking === all && isBrand[brand]) inCategory[category]! += 1;
    if (!isBrand[brand] || !isCategory[category]) continue;
    if (lacking === all) {
      passing[count] = product;
      count += 1;
    } else nearly[lacking]!.push(product);
  }
  const passed = passing.slice(0, count);
  return {
    passing: passed,
    brands: counted(ofBrand, (brand) => ({ brand: columns.brandList[brand]!.name })),
    categories: counted(inCategory, (category) => ({ categoryId: columns.categoryList[category]! })),
    countAttributes: () => countAttributes(columns, filter, passed, nearly),
  };
}

/** What was asked for, by numbers; of an attribute all values that are compared as the same. */
function askedFor({ brandList, categoryList, attributeList }: ProductColumns, filter: ProductFilter) {
  const brandKey = filter.brand === undefined ? undefined : folded(filter.brand);
  return {
    isBrand: brandList.map(({ key }) => brandKey === undefined || key === brandKey),
    isCategory: categoryList.map((id) => filter.categoryIds?.includes(id) ?? true),
    wanted: filter.attributes.map(({ name, value }) => {
      const valueKey = folded(value);
      return attributeList.findIndex(({ name: known, key }) => known === name && key === valueKey);
    }),
  };
}

/** Instead of the place of an attribute. */
const all = -1;
const several = -2;

/** The place of the one wanted attribute that is not among these, or {@link all} or {@link several}. */
function lackingOf(own: readonly number[], wanted: readonly number[]): number {
  let lacking = all;
  for (const [place, attribute] of wanted.entries()) {
    if (own.includes(attribute)) continue;
    if (lacking !== all) return several;
    lacking = place;
  }
  return lacking;
}

/** Those of which there are some, with their counts. */
function counted<T>(counts: Uint32Array, thing: (number: number) => T): (T & { count: number })[] {
  return [...counts].flatMap((count, number) => (count === 0 ? [] : { ...thing(number), count }));
}

function countAttributes(
  { attributes, attributeList }: ProductColumns,
  filter: ProductFilter,
  passing: Uint32Array,
  nearly: readonly (readonly number[])[],
): AttributeCount[] {
  const counts = new Uint32Array(attributeList.length);
  for (const product of passing) for (const attribute of attributes[product]!) counts[attribute]! += 1;
  // All but the attribute that they lack is as asked for: they count for what else there is of that one.
  for (const [place, products] of nearly.entries()) {
    const { name } = filter.attributes[place]!;
    for (const product of products) {
      for (const attribute of attributes[product]!) {
        if (attributeList[attribute]!.name === name) counts[attribute]! += 1;
      }
    }
  }
  return counted(counts, (attribute) => {
    const { name, value } = attributeList[attribute]!;
    return { name, value };
  });
}
