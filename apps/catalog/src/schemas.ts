/** What catalog takes and answers. */
import { countrySchema, idSchema, skuSchema, slugSchema } from '@souk/contracts/identifiers';
import { currencySchema, maxAmount, moneySchema } from '@souk/contracts/money';
import { pageQuery } from '@souk/kit/validate';
import { sorts } from '@souk/product-index/product-page';
import joi from 'joi';

const text = joi.string().required();
/** A path at the ingress. */
const imageSchema = joi.string().required();
const amount = joi.number().integer().min(0).max(maxAmount).description('integer minor units');
const optionsSchema = joi.object().pattern(joi.string(), joi.string()).required();
const filterValue = joi.string().max(80);

/** How prices are to be shown. Listed prices do not depend on the country; a quote's tax does. */
export const marketQuery = { currency: currencySchema.default('EUR'), country: countrySchema };

/** Longer searches are cut to their first words. */
export const searchQuery = joi.string().allow('').max(500).description('words; the last may be unfinished');

export const listQuery = {
  ...marketQuery,
  ...pageQuery,
  category: slugSchema.description('with all categories below it'),
  q: searchQuery,
  minPrice: amount,
  maxPrice: amount,
  brand: filterValue,
  sort: joi
    .string()
    .valid(...sorts)
    .default('popular'),
};

export const attributeQuery = {
  names: /^attr\.[a-z][A-Za-z0-9]{0,39}$/,
  schema: filterValue,
  description: 'attr.NAME=VALUE keeps products whose attribute NAME is VALUE; at most 8 of them',
};

const item = {
  id: idSchema.required(),
  slug: slugSchema.required(),
  name: text,
  brand: text,
  image: imageSchema,
  price: moneySchema.description('the lowest price of its variants'),
  inStock: joi.boolean().required(),
  rating: joi.number().min(1).max(5).allow(null).required(),
};

const items = joi.array().items(joi.object(item)).max(100).required();

const facetSchema = joi.object({
  name: text.description('the query parameter that filters by it'),
  values: joi
    .array()
    .items(
      joi.object({
        value: text,
        label: joi.string().description('for people, where it differs from the value'),
        count: joi.number().integer().min(0).required(),
      }),
    )
    .required(),
});

export const listSchema = joi.object({
  items,
  facets: joi.array().items(facetSchema).required(),
  nextCursor: joi.string().allow(null).required(),
});

export const relatedSchema = joi.object({ items });

export const productSchema = joi.object({
  ...item,
  categories: joi
    .array()
    .items(joi.object({ slug: slugSchema.required(), name: text }))
    .required()
    .description('from the root down'),
  description: text,
  images: joi.array().items(imageSchema).required(),
  attributes: joi
    .object()
    .pattern(joi.string(), joi.alternatives(joi.string(), joi.number(), joi.boolean()))
    .required(),
  variants: joi
    .array()
    .items(
      joi.object({
        sku: skuSchema.required(),
        options: optionsSchema,
        price: moneySchema,
        available: joi.number().integer().min(0).required(),
      }),
    )
    .required(),
});

/** Three levels are more than the shop has; deeper ones are described as objects. */
const categorySchema = (depth: number): joi.ObjectSchema =>
  joi.object({
    slug: slugSchema.required(),
    name: text,
    children: joi
      .array()
      .items(depth === 1 ? joi.object().unknown() : categorySchema(depth - 1))
      .required(),
  });

export const categoriesSchema = joi.object({ items: joi.array().items(categorySchema(3)).required() });

export const suggestionsSchema = joi.object({
  items: joi
    .array()
    .items(
      joi.object({
        kind: joi.string().valid('category', 'brand', 'product').required(),
        text,
        slug: slugSchema,
      }),
    )
    .required(),
});

/** `a,b,c`, at most 100. */
export const skusQuery = joi
  .string()
  .pattern(/^[A-Z0-9][A-Z0-9-]{2,39}(,[A-Z0-9][A-Z0-9-]{2,39}){0,99}$/)
  .required();

/** `a,b,c`, at most 24. */
export const slugsQuery = joi
  .string()
  .max(24 * 81)
  .pattern(/^[a-z0-9]+(-[a-z0-9]+)*(,[a-z0-9]+(-[a-z0-9]+)*){0,23}$/)
  .required();

export const summariesSchema = joi.object({
  items: joi
    .array()
    .items(
      joi.object({
        sku: skuSchema.required(),
        productId: idSchema.required(),
        slug: slugSchema.required(),
        name: text,
        image: imageSchema,
        options: optionsSchema,
        taxClass: text,
        weightGrams: joi.number().integer().min(1).required(),
      }),
    )
    .required(),
});
