/** Shapes of what comes in and goes out. */
import {
  addressSchema,
  articleNamesSchema,
  emailSchema,
  idSchema,
  quantitySchema,
  skuSchema,
  timeSchema,
} from '@souk/contracts/identifiers';
import { moneySchema } from '@souk/contracts/money';
import { quoteHashSchema, quoteSchema } from '@souk/contracts/quote';
import joi from 'joi';
import { orderStates } from './order.ts';

export const tokenSchema = joi
  .string()
  .pattern(/^[A-Za-z0-9_-]{43}$/)
  .description('proof of ownership, as given when it was made');

export const placeOrderBody = joi.object({
  cartId: idSchema.required(),
  quoteHash: quoteHashSchema.required().description('quoteHash of the quote that the buyer accepted'),
  payment: joi
    .object({
      method: joi.string().valid('card').required(),
      token: joi
        .string()
        .pattern(/^[A-Za-z0-9_-]{4,80}$/)
        .required()
        .description("the provider's token, never a card number"),
      returnUrl: joi
        .string()
        .uri({ scheme: ['http', 'https'] })
        .max(500)
        .description('where the buyer comes back to after 3-D Secure'),
    })
    .required(),
});

const cancellationSchema = joi.object({
  reason: joi.string().valid('out-of-stock', 'payment-declined', 'expired', 'customer').required(),
  detail: joi.string(),
  lines: joi.array().items(
    joi.object({
      sku: skuSchema.required(),
      wanted: quantitySchema.required(),
      available: joi.number().integer().min(0).required(),
    }),
  ),
});

const orderMembers = {
  id: idSchema.required(),
  number: joi.string().allow(null).required(),
  state: joi
    .string()
    .valid(...orderStates)
    .required(),
  paymentState: joi.string().valid('open', 'authorised', 'captured', 'refunded', 'voided').required(),
  fulfilmentState: joi.string().valid('open', 'dispatched', 'delivered').required(),
  cartId: idSchema.required(),
  email: emailSchema.required(),
  address: addressSchema.required(),
  billingAddress: addressSchema,
  quote: quoteSchema.required(),
  names: articleNamesSchema.required(),
  total: moneySchema,
  action: joi.object({ url: joi.string().required() }),
  cancellation: cancellationSchema,
  createdAt: timeSchema.required(),
};

/** The answer to placing: with the token that makes a guest the owner. */
export const placedOrder = joi.object({ ...orderMembers, token: tokenSchema.required() });

/** An order as its owner reads it. */
export const orderWithHistory = joi.object({
  ...orderMembers,
  history: joi
    .array()
    .items(
      joi.object({
        at: timeSchema.required(),
        state: joi
          .string()
          .valid(...orderStates)
          .required(),
        by: joi.string().required(),
        traceId: joi.string().allow(null).required(),
      }),
    )
    .required(),
});
