/** The shapes of shipping's requests and answers, and how a shipment looks to staff. */
import { addressSchema, idSchema, quantitySchema, skuSchema, timeSchema } from '@souk/contracts/identifiers';
import joi from 'joi';
import { carrierCodes, trackingUrlOf } from './carriers.ts';
import { type Shipment, shipmentStates } from './shipment.ts';

export const stateSchema = joi.string().valid(...shipmentStates);

export const dispatchSchema = joi.object({
  carrier: joi
    .string()
    .valid(...carrierCodes)
    .required(),
  trackingNumber: joi
    .string()
    .pattern(/^[0-9A-Za-z-]{4,40}$/)
    .required(),
});

const orNull = (schema: joi.Schema) => schema.allow(null).required();

const summary = {
  orderId: idSchema.required(),
  number: orNull(joi.string()).description("the order's number"),
  state: stateSchema.required(),
  method: orNull(joi.string()).description('what the buyer has paid for'),
  carrier: orNull(joi.string()),
  trackingNumber: orNull(joi.string()),
  trackingUrl: orNull(joi.string().uri()),
  createdAt: timeSchema.required(),
  dispatchedAt: orNull(timeSchema),
  deliveredAt: orNull(timeSchema),
  cancelledAt: orNull(timeSchema),
};
export const summarySchema = joi.object(summary);

export const pageSchema = joi.object({
  items: joi.array().items(summarySchema).required(),
  nextCursor: orNull(joi.string()),
});

export const shipmentSchema = joi.object({
  ...summary,
  lines: joi
    .array()
    .items(
      joi.object({
        sku: skuSchema.required(),
        quantity: quantitySchema.required(),
        name: joi.string().required(),
      }),
    )
    .required(),
  address: addressSchema.allow(null).required().description('null once it is forgotten'),
});

export const cancellationSchema = joi.object({ state: joi.string().valid('cancelled').required() });

/** A shipment without what is personal: the stored answers of staff's requests hold nothing else. */
export function summaryOf(shipment: Shipment) {
  const { orderId, number, state, method, carrier, trackingNumber } = shipment;
  const { createdAt, dispatchedAt, deliveredAt, cancelledAt } = shipment;
  const trackingUrl = carrier && trackingNumber ? trackingUrlOf(carrier, trackingNumber) : null;
  return {
    ...{ orderId, number, state, method, carrier, trackingNumber, trackingUrl },
    createdAt: createdAt.toISOString(),
    dispatchedAt: dispatchedAt?.toISOString() ?? null,
    deliveredAt: deliveredAt?.toISOString() ?? null,
    cancelledAt: cancelledAt?.toISOString() ?? null,
  };
}

/** All that is needed to pack and send it. */
export function shipmentView(shipment: Shipment) {
  const { lines, address } = shipment;
  return { ...summaryOf(shipment), lines, address };
}
