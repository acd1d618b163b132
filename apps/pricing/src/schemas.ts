/** What pricing's routes take and give. */
import { countrySchema, idSchema, linesSchema, skuSchema, slugSchema } from '@souk/contracts/identifiers';
import { currencies, currencySchema, moneySchema } from '@souk/contracts/money';
import { quoteHashSchema } from '@souk/contracts/quote';
import joi from 'joi';
import { shippingMembers, taxesSchema } from './rules.ts';

const shippingMethodSchema = slugSchema.description('code of a shipping method');

export const quoteRequestSchema = joi.object({
  currency: currencySchema.required(),
  country: countrySchema,
  shippingMethod: shippingMethodSchema,
  lines: linesSchema.required(),
  orderId: idSchema,
  quoteHash: quoteHashSchema.description('what the buyer has seen; refused when it is no longer so'),
});

export const optionsRequestSchema = joi.object({
  currency: currencySchema.required(),
  country: countrySchema.required(),
  lines: linesSchema.required(),
});

export const optionsSchema = joi.object({
  items: joi
    .array()
    .items(
      joi.object({
        code: shippingMethodSchema.required(),
        name: joi.string().required(),
        price: moneySchema,
      }),
    )
    .required(),
});

/** A SKU or how it begins. */
export const skuStartSchema = joi
  .string()
  .pattern(/^[A-Z0-9-]{1,40}$/)
  .description('a SKU, or how it begins');

const pricesSchema = joi
  .array()
  .items(moneySchema)
  .min(1)
  .max(currencies.length)
  .unique('currency')
  .required();

export const priceChangeSchema = joi.object({ prices: pricesSchema });

const versionSchema = joi.number().integer().min(0).required();

export const pricedArticleSchema = joi.object({
  sku: skuSchema.required(),
  productId: idSchema.allow(null).required(),
  // Not an enumeration: joi's own JSON Schema leaves null out of those.
  taxClass: joi
    .string()
    .pattern(/^(standard|reduced|zero)$/)
    .allow(null)
    .required(),
  weightGrams: joi.number().integer().allow(null).required(),
  sellable: joi
    .boolean()
    .required()
    .description('false until its product is published, and once it is archived'),
  prices: pricesSchema.min(0),
  version: versionSchema,
});

export const pricedArticlesSchema = joi.object({
  items: joi.array().items(pricedArticleSchema).required(),
  nextCursor: joi.string().allow(null).required(),
});

export const taxRatesSchema = joi.object({ taxRates: taxesSchema });
export const taxRatesViewSchema = taxRatesSchema.keys({ version: versionSchema });

export const shippingRatesSchema = joi.object(shippingMembers);
export const shippingRatesViewSchema = shippingRatesSchema.keys({ version: versionSchema });
