/** What inventory's routes take and give. */
import { idSchema, linesSchema } from '@souk/contracts/identifiers';
import joi from 'joi';

export const reservationRequestSchema = joi.object({ lines: linesSchema.required() });

export const reservationSchema = joi.object({
  orderId: idSchema.required(),
  state: joi.string().valid('reserved', 'sold').required(),
});
