/** Schemas of the identifiers and small values that several services share. */
import joi from 'joi';

/** A ULID (Crockford base 32, 26 characters), made by the app. */
export const idSchema = joi
  .string()
  .pattern(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/)
  .description('ULID');

/** A stock keeping unit. */
export const skuSchema = joi
  .string()
  .pattern(/^[A-Z0-9][A-Z0-9-]{2,39}$/)
  .description('stock keeping unit');

/** How many pieces of one SKU a line may hold. */
export const maxQuantity = 99;
export const quantitySchema = joi.number().integer().min(1).max(maxQuantity);

/** How many different SKUs a cart, quote, reservation or order may hold. */
export const maxLines = 50;

export const slugSchema = joi
  .string()
  .pattern(/^[a-z0-9]+(-[a-z0-9]+)*$/)
  .max(80);

/** ISO 3166-1 alpha-2. Whether the shop delivers there is pricing's to say. */
export const countrySchema = joi
  .string()
  .pattern(/^[A-Z]{2}$/)
  .description('ISO 3166-1 alpha-2');

const text = (max: number) => joi.string().trim().min(1).max(max);

/** A postal address. */
export const addressSchema = joi.object({
  name: text(100).required(),
  line1: text(120).required(),
  line2: text(120),
  city: text(80).required(),
  region: text(80),
  postalCode: text(16).required(),
  country: countrySchema.required(),
  phone: joi.string().pattern(/^\+?[0-9 ()/-]{4,24}$/),
});

export interface Address {
  name: string;
  line1: string;
  line2?: string;
  city: string;
  region?: string;
  postalCode: string;
  country: string;
  phone?: string;
}

export const emailSchema = joi.string().email({ tlds: false, minDomainSegments: 1 }).max(254);

/** A time on the wire: RFC 3339 in UTC. */
export const timeSchema = joi.string().isoDate().description('RFC 3339, UTC');

/** SKU → what the article is called, for people to read. */
export const articleNamesSchema = joi.object().pattern(skuSchema, joi.string().max(120)).max(maxLines);

/** `[{sku, quantity}]` without a SKU twice. */
export const linesSchema = joi
  .array()
  .items(joi.object({ sku: skuSchema.required(), quantity: quantitySchema.required() }))
  .min(1)
  .max(maxLines)
  .unique('sku');

export interface Line {
  sku: string;
  quantity: number;
}
