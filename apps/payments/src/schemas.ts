// Promises the shapes of payments' requests and answers, and how a payment looks to others.
import { idSchema } from '@souk/contracts/identifiers';
import { currencies, currencySchema, maxAmount, moneySchema } from '@souk/contracts/money';
import joi from 'joi';
import type { Payment } from './payment.ts';
import type { Refund } from './refund-store.ts';

const amount = joi.number().integer().min(1).max(maxAmount).required().description('integer minor units');
const action = joi.object({ url: joi.string().uri().required() });
const reason = joi.string().description("why it was declined, in the provider's words");

export const paymentRequestSchema = joi.object({
  amount,
  currency: currencySchema.required(),
  method: joi.string().valid('card').required(),
  token: joi.string().min(1).max(100).required().description("what the provider gave the buyer's browser"),
  returnUrl: joi
    .string()
    .uri({ scheme: ['http', 'https'] })
    .max(2_000),
});
export const refundRequestSchema = joi.object({
  orderId: idSchema.required(),
  amount,
  currency: currencySchema.required(),
});
export const authorisationSchema = joi.object({
  state: joi.string().valid('authorised', 'declined', 'requires-action', 'pending').required(),
  action,
  reason,
});
export const voidSchema = joi.object({ state: joi.string().valid('voided', 'void-requested').required() });
export const stateSchema = joi
  .string()
  .valid(
    ...['pending', 'requires-action', 'authorised', 'declined'],
    ...['voided', 'capturing', 'capture-failed', 'captured'],
  );
export const paymentSchema = joi.object({
  orderId: idSchema.required(),
  state: stateSchema.required(),
  voidRequested: joi.boolean().required(),
  amount: moneySchema.optional().description('missing if the payment was voided before there was one'),
  authorised: joi.number().integer().min(0).required(),
  captured: joi.number().integer().min(0).required(),
  refunded: joi.number().integer().min(0).required(),
  action,
  reason,
  version: joi.number().integer().min(1).required(),
});
export const refundSchema = joi.object({
  refundId: idSchema.required(),
  orderId: idSchema.required(),
  state: joi.string().valid('pending', 'refunded', 'failed').required(),
  amount: moneySchema,
  reason,
});
export const methodsSchema = joi.object({
  items: joi
    .array()
    .items(
      joi.object({
        method: joi.string().required(),
        name: joi.string().required(),
        provider: joi.string().required(),
        currencies: joi.array().items(currencySchema).required(),
      }),
    )
    .required(),
});

/** The ways to pay that a buyer may choose from. */
export function methodsOf(provider: string) {
  return { items: [{ method: 'card', name: 'Card', provider, currencies: [...currencies] }] };
}

/** What orders needs to know after asking for an authorisation. */
export function authorisationOf({ state, actionUrl, reason: why }: Payment) {
  if (state === 'requires-action') return { state, ...(actionUrl ? { action: { url: actionUrl } } : {}) };
  if (state === 'declined') return { state, ...(why ? { reason: why } : {}) };
  return { state: state === 'started' ? 'pending' : 'authorised' };
}

/** A payment as it is shown to other services. */
export function paymentOf(payment: Payment) {
  const { orderId, state, voidRequested, authorised, captured, refunded, version, currency } = payment;
  return {
    ...{ orderId, voidRequested, authorised, captured, refunded, version },
    state: state === 'started' ? 'pending' : state,
    ...(currency ? { amount: { amount: payment.amount, currency } } : {}),
    ...(state === 'requires-action' && payment.actionUrl ? { action: { url: payment.actionUrl } } : {}),
    ...(payment.reason ? { reason: payment.reason } : {}),
  };
}

export function refundOf({ refundId, orderId, state, amount: sum, currency, reason: why }: Refund) {
  return {
    ...{ refundId, orderId, amount: { amount: sum, currency } },
    state: state === 'started' ? 'pending' : state,
    ...(why ? { reason: why } : {}),
  };
}
