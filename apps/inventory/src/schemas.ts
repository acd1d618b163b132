/** What inventory's routes take and give. */
import { idSchema, linesSchema, skuSchema, timeSchema } from '@souk/contracts/identifiers';
import joi from 'joi';
import { maxPieces } from './stock-store.ts';

export const reservationRequestSchema = joi.object({ lines: linesSchema.required() });

export const reservationSchema = joi.object({
  orderId: idSchema.required(),
  state: joi.string().valid('reserved', 'sold').required(),
});

const pieces = joi.number().integer().min(0).max(maxPieces);
const text = (max: number) => joi.string().trim().min(1).max(max);

/** A SKU or how it begins. */
export const skuStartSchema = joi
  .string()
  .pattern(/^[A-Z0-9-]{1,40}$/)
  .description('a SKU, or how it begins');

export const belowSchema = pieces.description('only what has fewer pieces available');

export const receiptRequestSchema = joi.object({
  quantity: joi.number().integer().min(1).max(1_000_000).required(),
  reference: text(64).description('names the delivery; booked once for each SKU'),
});

export const correctionRequestSchema = joi
  .object({
    delta: joi
      .number()
      .integer()
      .min(-maxPieces)
      .max(maxPieces)
      .invalid(0)
      .description('so many more or less'),
    onHand: pieces.description('so many were counted, with those that orders hold'),
    reason: text(200).required(),
  })
  .xor('delta', 'onHand');

const levelMembers = {
  sku: skuSchema.required(),
  onHand: joi.number().integer().required(),
  reserved: joi.number().integer().required(),
  available: joi.number().integer().required(),
  version: joi.number().integer().required(),
};

/** The level after a receipt or a correction. */
export const bookedSchema = joi.object({
  ...levelMembers,
  movementId: idSchema.allow(null).required().description('null if the count was right'),
});

const pageOf = (item: joi.ObjectSchema) =>
  joi.object({
    items: joi.array().items(item).required(),
    nextCursor: joi.string().allow(null).required(),
  });

export const levelsSchema = pageOf(joi.object(levelMembers));

export const movementsSchema = pageOf(
  joi.object({
    id: idSchema.required(),
    kind: joi.string().valid('receipt', 'correction', 'sale', 'cancellation').required(),
    delta: joi.number().integer().required(),
    reference: joi.string().required().description('an order, a delivery, or the movement itself'),
    reason: joi.string().allow(null).required(),
    at: timeSchema.required(),
  }),
);
