/** What catalog takes from staff and answers them. */
import { idSchema, skuSchema, slugSchema, timeSchema } from '@souk/contracts/identifiers';
import { pageQuery } from '@souk/kit/validate';
import joi from 'joi';

/** Without halves of characters: they are no Unicode, and no JSON to the database. */
const wholeCharacters = /^\P{Cs}*$/u;
const text = (max: number) => joi.string().trim().min(1).max(max).pattern(wholeCharacters);
const position = joi.number().integer().min(0).max(100_000).description('order among siblings');
const optionsSchema = joi
  .object()
  .pattern(/^[a-z][A-Za-z0-9 ]{0,39}$/, text(80))
  .max(10);
const weightGrams = joi.number().integer().min(1).max(1_000_000);
const status = joi.string().valid('draft', 'published', 'archived');

/** A picture of the shop's own, or one that staff brought, which is named by its SHA-256. */
export const fileSchema = joi
  .string()
  .pattern(/^([a-z0-9][a-z0-9-]{0,90}\.svg|[0-9a-f]{64}\.(png|jpg|webp))$/);

const product = {
  name: text(120),
  brand: text(80),
  category: slugSchema.description('slug of a category'),
  description: text(8_000),
  taxClass: joi.string().valid('standard', 'reduced', 'zero'),
  attributes: joi
    .object()
    .pattern(
      /^[a-z][A-Za-z0-9]{0,39}$/,
      joi.alternatives(text(80), joi.number().max(1e12).min(-1e12), joi.boolean().strict()),
    )
    .max(30)
    .description('facts by which a shopper may filter, in the order in which they are shown'),
};

export const variantBody = joi.object({
  options: optionsSchema.required(),
  weightGrams: weightGrams.required(),
});

const required = (schemas: joi.SchemaMap) => joi.object(schemas).options({ presence: 'required' });

export const productBody = required({
  slug: slugSchema.description('its address for ever'),
  ...product,
  variants: joi
    .array()
    .items(variantBody.keys({ sku: skuSchema.required() }))
    .max(50)
    .unique('sku'),
});

export const productPatch = joi.object(product).min(1);
export const imageBody = joi.object({ file: fileSchema.required() });

const summary = {
  id: idSchema,
  slug: slugSchema,
  name: joi.string(),
  brand: joi.string(),
  category: slugSchema,
  status,
  image: joi.string().description('a file below /media'),
  imageUrl: joi.string(),
  version: joi.number().integer().min(1),
};

export const staffProductSchema = required({
  ...summary,
  description: joi.string(),
  taxClass: joi.string(),
  attributes: joi.object().unknown(),
  variants: joi.array().items(
    required({
      sku: skuSchema,
      options: joi.object().unknown(),
      weightGrams,
      archived: joi.boolean().description('no longer sold'),
    }),
  ),
  publishedAt: timeSchema.allow(null),
});

export const staffProductsSchema = required({
  items: joi.array().items(required(summary)),
  nextCursor: joi.string().allow(null),
});

export const staffListQuery = { ...pageQuery, status, q: joi.string().trim().min(1).max(100) };

/** Of the version that the client has seen. */
export const ifMatchSchema = joi.string().max(200).description('ETag of GET /admin/products/{id}');

const category = { name: text(80), parent: slugSchema.allow(null).description('null for a root'), position };
export const categoryBody = joi.object({
  slug: slugSchema.required(),
  ...category,
  name: category.name.required(),
  parent: category.parent.default(null),
  position: position.default(0),
});
export const categoryPatch = joi.object(category).min(1);
export const staffCategorySchema = required({ id: idSchema, slug: slugSchema, ...category });
export const staffCategoriesSchema = required({ items: joi.array().items(staffCategorySchema) });

export const pictureSchema = required({
  file: fileSchema,
  url: joi.string(),
  mediaType: joi.string(),
  byteCount: joi.number().integer(),
  width: joi.number().integer(),
  height: joi.number().integer(),
});
