/** Loads the hand-written shop (products, categories, taxes, shipping) and refuses it if any of it is malformed. */
import { readdirSync, readFileSync } from 'node:fs';
import Joi from 'joi';
import { parse } from 'yaml';
import type { Category, Product, Shop } from './shop.ts';
import { categoriesSchema, productFileSchema, shippingSchema, taxesSchema } from './shop.ts';

const folder = new URL('./', import.meta.url);

/** The whole hand-written shop. Throws an Error that names every fault and the file it is in. */
export function loadShop(): Shop {
  const categories = load<Category[]>('categories.yaml', categoriesSchema);
  const products = readdirSync(new URL('products/', folder))
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .flatMap((name) => loadProducts(`products/${name}`));
  const shop: Shop = {
    categories,
    products,
    taxes: load('taxes.yaml', taxesSchema),
    shipping: load('shipping.yaml', shippingSchema),
  };
  const faults = [...repeated(products), ...unfitting(products, categories), ...unreachable(shop)];
  if (faults.length > 0) throw new Error(`the seed contradicts itself:\n${faults.join('\n')}`);
  return shop;
}

/** The categories that hold products, i.e. the second level of the tree. */
export function leafCategories(categories: Category[]): Category[] {
  return categories.flatMap((root) => root.children ?? []);
}

function loadProducts(path: string): Product[] {
  const file = load<{ category: string; products: Omit<Product, 'category'>[] }>(path, productFileSchema);
  return file.products.map((product) => ({ ...product, category: file.category, image: product.slug }));
}

function load<T>(path: string, schema: Joi.Schema): T {
  // YAML has no date type in its core schema, so that 2026-02-11 stays the string that was written.
  const { value, error } = schema.validate(
    parse(readFileSync(new URL(path, folder), 'utf8'), { schema: 'core' }),
    {
      abortEarly: false,
      convert: false,
    },
  );
  if (error) throw new Error(`${path}: ${error.message}`);
  return value as T;
}

function repeated(products: Product[]): string[] {
  const seen = new Set<string>();
  return products
    .flatMap((product) => [product.slug, ...product.variants.map((variant) => variant.sku)])
    .filter((name) => seen.has(name) || !seen.add(name))
    .map((name) => `${name} is used twice`);
}

/** Attributes are typed by their category: a value outside the list could be shown but never filtered by. */
function unfitting(products: Product[], categories: Category[]): string[] {
  const leaves = new Map(leafCategories(categories).map((leaf) => [leaf.slug, leaf]));
  return products.flatMap((product) => {
    const leaf = leaves.get(product.category);
    if (!leaf) return [`${product.slug}: there is no category ${product.category}`];
    const { error } = attributesSchema(leaf).validate(product.attributes, {
      abortEarly: false,
      convert: false,
    });
    return error ? [`${product.slug}: ${error.message}`] : [];
  });
}

function attributesSchema(leaf: Category): Joi.ObjectSchema {
  const rows = Object.entries(leaf.attributes ?? {}).map(([name, kind]) => {
    if (kind.type === 'number') return [name, Joi.number().integer()] as const;
    if (kind.type === 'boolean') return [name, Joi.boolean()] as const;
    return [name, Joi.string().valid(...(kind.values ?? []))] as const;
  });
  return Joi.object(Object.fromEntries(rows)).min(2);
}

/** A country that is taxed but in no zone (or the reverse) would make a cart that nobody can finish. */
function unreachable({ taxes, shipping }: Shop): string[] {
  const taxed = new Set(taxes.map((tax) => tax.country));
  const zoned = new Set(Object.values(shipping.zones).flat());
  const zones = new Set(Object.keys(shipping.zones));
  const rates = shipping.methods.flatMap((method) => method.rates);
  return [
    ...[...taxed]
      .filter((country) => !zoned.has(country))
      .map((country) => `${country} is in no shipping zone`),
    ...[...zoned].filter((country) => !taxed.has(country)).map((country) => `${country} has no tax rates`),
    ...rates.filter((rate) => !zones.has(rate.zone)).map((rate) => `there is no zone ${rate.zone}`),
  ];
}
