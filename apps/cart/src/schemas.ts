/** What cart's routes take and give. */
import {
  addressSchema,
  emailSchema,
  idSchema,
  linesSchema,
  quantitySchema,
  skuSchema,
  slugSchema,
  timeSchema,
} from '@souk/contracts/identifiers';
import { currencySchema, moneySchema } from '@souk/contracts/money';
import { quoteSchema } from '@souk/contracts/quote';
import joi from 'joi';

const deliverySchema = joi.object({
  email: emailSchema.required(),
  address: addressSchema.required(),
  billingAddress: addressSchema,
  shippingMethod: slugSchema.required().description('code of a shipping method'),
});

export const createCartBody = joi.object({ currency: currencySchema.required(), items: linesSchema });
export const addItemBody = joi.object({ sku: skuSchema.required(), quantity: quantitySchema.required() });
export const setItemBody = joi.object({ quantity: quantitySchema.required() });
export const deliveryBody = deliverySchema;

export const tokenSchema = joi.string().allow('').max(200).description('token that came with the cart');
export const ifMatchSchema = joi.string().max(400).description('ETag of the cart as you know it');
export const preferSchema = joi.string().max(400).description('return=minimal: no cart in the answer');

const nullable = (schema: joi.Schema) => schema.allow(null).required();

const lineView = joi.object({
  sku: skuSchema.required(),
  quantity: quantitySchema.required(),
  addedAt: timeSchema.required(),
  forSale: joi.boolean().required().description('false: no longer sold; its other members may be null'),
  name: nullable(joi.string()),
  slug: nullable(joi.string()),
  image: nullable(joi.string()),
  options: joi.object().pattern(joi.string(), joi.string()).required(),
  unitPrice: nullable(moneySchema),
  discount: nullable(moneySchema),
  tax: nullable(moneySchema),
  total: nullable(moneySchema),
});

const cartView = {
  id: idSchema.required(),
  currency: currencySchema.required(),
  lines: joi.array().items(lineView).required(),
  taxIncluded: joi.boolean().required(),
  shipping: nullable(quoteSchema.extract('shipping')),
  total: nullable(moneySchema),
  delivery: nullable(deliverySchema),
  quote: nullable(quoteSchema),
  problems: joi
    .array()
    .items(joi.string().valid('unknown-sku', 'not-shippable', 'total-too-high'))
    .required()
    .description('why it cannot be ordered as it is'),
  closedBy: nullable(idSchema).description('the order that was made of it'),
  mergedInto: nullable(idSchema).description('the customer’s cart that it went into'),
  createdAt: timeSchema.required(),
  updatedAt: timeSchema.required(),
};

export const cartSchema = joi.object(cartView);

const token = joi
  .string()
  .description(
    'of a guest’s cart: send it as Cart-Token, whoever has it owns the cart; a customer needs none',
  );

/** A cart that somebody starts with, whole or (with `Prefer: return=minimal`) its id and token only. */
export const createdCartSchema = joi
  .alternatives()
  .try(joi.object({ ...cartView, token }), joi.object({ id: idSchema.required(), token }));

export const mergeBody = joi.object({
  from: idSchema.required().description('a guest’s cart'),
  fromToken: joi.string().max(200).required().description('its token'),
});

/** The customer's cart, and what the guest's has changed in it; nothing if it was merged before. */
export const mergedSchema = joi.object({
  cart: cartSchema.required(),
  changes: joi
    .array()
    .items(
      joi.object({
        sku: skuSchema.required(),
        from: joi.number().integer().min(0).max(99).required(),
        to: joi.number().integer().min(0).max(99).required(),
        reason: joi.string().valid('cart-full').description('why there are not more'),
      }),
    )
    .max(50)
    .required(),
});

export const shippingMethodsSchema = joi.object({
  items: joi
    .array()
    .items(joi.object({ code: joi.string().required(), name: joi.string().required(), price: moneySchema }))
    .required(),
});

/** What orders needs of a cart. */
export const cartForOrderSchema = joi.object({
  id: idSchema.required(),
  currency: currencySchema.required(),
  items: joi
    .array()
    .items(
      joi.object({
        sku: skuSchema.required(),
        quantity: quantitySchema.required(),
        name: joi.string().max(120).required(),
      }),
    )
    .required(),
  delivery: nullable(deliverySchema),
  closedBy: nullable(idSchema),
});
