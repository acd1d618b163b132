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
import { listOf } from '@souk/kit/page';
import joi from 'joi';
import { cancellationReasons, orderStates } from './order.ts';

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
  reason: joi
    .string()
    .valid(...cancellationReasons)
    .required(),
  detail: joi.string(),
  lines: joi.array().items(
    joi.object({
      sku: skuSchema.required(),
      wanted: quantitySchema.required(),
      available: joi.number().integer().min(0).required(),
    }),
  ),
});

export const stateSchema = joi.string().valid(...orderStates);

const summaryMembers = {
  id: idSchema.required(),
  number: joi.string().allow(null).required(),
  state: stateSchema.required(),
  paymentState: joi.string().valid('open', 'authorised', 'captured', 'refunded', 'voided').required(),
  fulfilmentState: joi.string().valid('open', 'dispatched', 'delivered').required(),
  total: moneySchema,
  refunded: moneySchema.description('what was given back so far'),
  createdAt: timeSchema.required(),
};

const orderMembers = {
  ...summaryMembers,
  cartId: idSchema.required(),
  email: emailSchema.required(),
  address: addressSchema.required(),
  billingAddress: addressSchema,
  quote: quoteSchema.required(),
  names: articleNamesSchema.required(),
  shipment: joi
    .object({ carrier: joi.string().required(), trackingNumber: joi.string().required() })
    .description('once dispatched'),
  action: joi.object({ url: joi.string().required() }),
  cancellation: cancellationSchema.description(
    'why it was cancelled, or is to be if it can still be stopped',
  ),
};

/** The answer to placing: for a guest with the token that makes them the owner. */
export const placedOrder = joi.object({ ...orderMembers, token: tokenSchema });

const withHistory = {
  ...orderMembers,
  history: joi
    .array()
    .items(
      joi.object({
        at: timeSchema.required(),
        state: stateSchema.required(),
        by: joi.string().required(),
        traceId: joi.string().allow(null).required(),
      }),
    )
    .required(),
};

/** An order as its owner reads it. */
export const orderWithHistory = joi.object(withHistory);

export const orderList = listOf(joi.object(summaryMembers));

export const staffOrderList = listOf(
  joi.object({
    ...summaryMembers,
    customerId: idSchema.allow(null).required(),
    email: emailSchema.allow(null).required(),
  }),
);

export const refundBody = joi.object({
  orderId: idSchema.required(),
  amount: moneySchema.optional().description('all that is left, if absent'),
});

export const refundSchema = joi.object({
  id: idSchema.required(),
  orderId: idSchema.required(),
  amount: moneySchema,
  state: joi.string().valid('pending', 'refunded', 'failed').required(),
  reason: joi.string(),
  createdAt: timeSchema.required(),
});

export const refundList = listOf(refundSchema);

/** An order as staff read it; without mail and addresses once the customer was erased. */
export const staffOrder = joi.object({
  ...withHistory,
  email: emailSchema,
  address: addressSchema,
  customerId: idSchema.allow(null).required(),
  refunds: joi.array().items(refundSchema).required(),
});

export const cancelledByStaff = joi.object({
  id: idSchema.required(),
  number: joi.string().allow(null).required(),
  state: stateSchema.required(),
});
