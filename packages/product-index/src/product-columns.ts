/** What is kept of each product, a column for each fact: a pass over many products reads memory from its begin to its end. */
import type { Currency } from '@souk/contracts/money';
import { currencies } from '@souk/contracts/money';
import { folded } from './search-words.ts';

/** What the index wants to know of a product. */
export interface ProductFacts {
  id: string;
  brand: string;
  categoryId: string;
  popularity: number;
  publishedAtMs: number;
  /** The least price of a variant, minor units, in each currency in which it is sold. */
  prices: Partial<Record<Currency, number>>;
  attributes: { name: string; value: string }[];
  /** Texts by whose words it is found: short ones, and the description. */
  keywords: string;
  description: string;
}

/** As it was last written. */
interface Brand {
  name: string;
  /** By which brands are compared. */
  key: string;
}

/** As it was last written. */
interface Attribute {
  name: string;
  value: string;
  /** By which values are compared. */
  key: string;
}

/** Product number n is the nth of each array; brands, categories and attributes stand there by their own numbers. */
export interface ProductColumns {
  ids: string[];
  brands: number[];
  categories: number[];
  popularity: number[];
  publishedAtMs: number[];
  /** Minor units; NaN where it is not sold, and where there is no product any more. */
  prices: Record<Currency, number[]>;
  attributes: number[][];
  /** What the numbers mean. */
  brandList: readonly Brand[];
  categoryList: readonly string[];
  attributeList: readonly Attribute[];
}

/** Empty columns, and how a product is written into its place and taken out. */
export function createColumns() {
  const brands = numbering<Brand>();
  const categories = numbering<string>();
  const attributes = numbering<Attribute>();
  const attributeOf = ({ name, value }: { name: string; value: string }) => {
    const key = folded(value);
    return attributes.of(`${name}\n${key}`, { name, value, key });
  };
  const columns: ProductColumns = {
    ...{ ids: [], brands: [], categories: [], popularity: [], publishedAtMs: [], attributes: [] },
    prices: { EUR: [], USD: [] },
    ...{ brandList: brands.list, categoryList: categories.list, attributeList: attributes.list },
  };
  return {
    columns,
    write(place: number, facts: ProductFacts): void {
      const key = folded(facts.brand);
      columns.ids[place] = facts.id;
      columns.brands[place] = brands.of(key, { name: facts.brand, key });
      columns.categories[place] = categories.of(facts.categoryId, facts.categoryId);
      columns.popularity[place] = facts.popularity;
      columns.publishedAtMs[place] = facts.publishedAtMs;
      columns.attributes[place] = facts.attributes.map(attributeOf);
      for (const currency of currencies)
        columns.prices[currency][place] = facts.prices[currency] ?? Number.NaN;
    },
    erase(place: number): void {
      columns.attributes[place] = [];
      for (const currency of currencies) columns.prices[currency][place] = Number.NaN;
    },
  };
}

/** Gives each text a number, and keeps what came with it last: of two spellings the newer one. */
function numbering<T>(): { list: readonly T[]; of(text: string, thing: T): number } {
  const numbers = new Map<string, number>();
  const list: T[] = [];
  return {
    list,
    of(text, thing) {
      const known = numbers.get(text);
      if (known !== undefined) {
        list[known] = thing;
        return known;
      }
      numbers.set(text, list.length);
      return list.push(thing) - 1;
    },
  };
}
