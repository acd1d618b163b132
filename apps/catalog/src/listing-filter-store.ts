/** Which products a list holds, and the same as a piece of SQL: every value is bound, none is ever part of the text. */
import type { Currency } from '@souk/contracts/money';

export interface ListingFilter {
  currency: Currency;
  /** The category that was asked for with all below it. */
  categoryIds?: string[];
  brand?: string;
  attributes: { name: string; value: string }[];
  /** Minor units, both inclusive. */
  minPrice?: number;
  maxPrice?: number;
  /** See search-words.ts. */
  words?: string;
}

export interface Clause {
  sql: string;
  values: unknown[];
}

/** `FROM … WHERE …` of a filter, over `listing`. `join` adds a table, or names an index. */
export function clauseOf(filter: ListingFilter, join = ''): Clause {
  const { words } = filter;
  const conditions: Clause[] = [
    { sql: 'listing.currency = ?', values: [filter.currency] },
    ...optional(filter.categoryIds, 'listing.category_id IN (?)'),
    ...optional(filter.brand, 'listing.brand = ?'),
    ...optional(filter.minPrice, 'listing.min_price >= ?'),
    ...optional(filter.maxPrice, 'listing.min_price <= ?'),
    ...filter.attributes.map(({ name, value }) => ({
      sql: `EXISTS (SELECT 1 FROM product_attributes wanted
        WHERE wanted.product_id = listing.product_id AND wanted.name = ? AND wanted.value = ?)`,
      values: [name, value],
    })),
    ...optional(words, match('document.keywords, document.body')),
  ];
  const from = words
    ? 'search_documents document JOIN listings listing ON listing.product_id = document.product_id'
    : 'listings listing';
  return {
    sql: `FROM ${from} ${join} WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}`,
    values: conditions.flatMap(({ values }) => values),
  };
}

/** The full-text condition on some columns. */
export function match(columns: string): string {
  return `MATCH (${columns}) AGAINST (? IN BOOLEAN MODE)`;
}

function optional(value: unknown, sql: string): Clause[] {
  return value === undefined ? [] : [{ sql, values: [value] }];
}
