// Promises how staff see payments: what moved, what did not, and what is tried again.
import { idSchema, timeSchema } from '@souk/contracts/identifiers';
import { currencySchema } from '@souk/contracts/money';
import joi from 'joi';
import type { Payment } from './payment.ts';
import type { BookedEntry } from './payment-store.ts';
import type { Refund } from './refund-store.ts';
import { paymentOf, paymentSchema, refundOf, refundSchema } from './schemas.ts';

const summarySchema = paymentSchema.keys({
  action: joi.forbidden(),
  attempts: joi.number().integer().min(0).required().description('how often the step in hand was tried'),
  createdAt: timeSchema.required(),
});

export const pageSchema = joi.object({
  items: joi.array().items(summarySchema).required(),
  nextCursor: joi.string().allow(null).required(),
});

export const staffPaymentSchema = summarySchema.keys({
  refunds: joi.array().items(refundSchema).required(),
  ledger: joi
    .array()
    .items(
      joi.object({
        txnId: idSchema.required(),
        account: joi.string().required(),
        kind: joi.string().required(),
        amount: joi.number().integer().required().description('minor units; positive is a debit'),
        currency: currencySchema.required(),
        at: timeSchema.required(),
      }),
    )
    .required(),
});

/** A payment in a list. */
export function summaryOf(payment: Payment) {
  const { action: _buyersAlone, ...shown } = paymentOf(payment);
  const { attempts, createdAt } = payment;
  return { ...shown, attempts, createdAt: createdAt.toISOString() };
}

/** A payment with all that moved. */
export function staffViewOf(payment: Payment, refunds: Refund[], entries: BookedEntry[]) {
  const ledger = entries.map(({ createdAt, ...entry }) => ({ ...entry, at: createdAt.toISOString() }));
  return { ...summaryOf(payment), refunds: refunds.map(refundOf), ledger };
}
