/** What pricing's routes take and give. */
import { countrySchema, idSchema, linesSchema, slugSchema } from '@souk/contracts/identifiers';
import { currencySchema, moneySchema } from '@souk/contracts/money';
import { quoteHashSchema } from '@souk/contracts/quote';
import joi from 'joi';

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
