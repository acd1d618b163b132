/** The event table: topic → who publishes it, who listens, and what `data` holds. A topic is named as its event. */
import joi from 'joi';
import {
  addressSchema,
  articleNamesSchema,
  emailSchema,
  idSchema,
  linesSchema,
  skuSchema,
  timeSchema,
} from './identifiers.ts';
import { currencySchema, moneySchema } from './money.ts';
import type { ServiceName } from './ports.ts';
import { quoteSchema } from './quote.ts';

interface EventKind {
  publishers: readonly ServiceName[];
  listeners: readonly ServiceName[];
  /** What the event carries beside {@link envelopeSchema}'s members. */
  payload: joi.ObjectSchema;
}

/** Members of every event's `data`: `id` is the inbox key, `version` the aggregate's row version. */
export const envelope = {
  id: idSchema.required(),
  type: joi.string().required(),
  at: timeSchema.required(),
  subject: joi.string().max(64).required(),
  version: joi.number().integer().min(1).required(),
  payload: joi.object().required(),
};

const orderPayload = joi.object({
  orderId: idSchema.required(),
  number: joi.string().allow(null).required(),
  cartId: idSchema.required(),
  /** Null for a guest. */
  customerId: idSchema.allow(null).required(),
  email: emailSchema.required(),
  lines: linesSchema.required(),
  address: addressSchema.required(),
  quote: quoteSchema.required(),
  names: articleNamesSchema.required(),
  reason: joi.string(),
});

const paymentPayload = joi.object({
  orderId: idSchema.required(),
  amount: moneySchema,
  reason: joi.string(),
  refundId: idSchema,
});

const trackingMembers = {
  carrier: joi.string().max(40).required(),
  trackingNumber: joi.string().max(60).required(),
};

const shipmentPayload = joi.object({ orderId: idSchema.required(), ...trackingMembers });

/** Who has asked to be forgotten; asked again, by a higher round, for what a service could not forget yet. */
const customerPayload = joi.object({ customerId: idSchema.required(), round: joi.number().integer().min(1) });

/** Services that know something about a customer: all of them are asked to forget it, or to hand it out. */
const customerKeepers = ['cart', 'orders', 'shipping', 'payments', 'notifications'] as const;

const productPayload = joi.object({
  productId: idSchema.required(),
  slug: joi.string().required(),
  skus: joi.array().items(skuSchema).max(100).required(),
  /** What pricing must know of each SKU; not of archived products. */
  variants: joi
    .array()
    .items(
      joi.object({
        sku: skuSchema.required(),
        taxClass: joi.string().valid('standard', 'reduced', 'zero').required(),
        weightGrams: joi.number().integer().min(1).required(),
      }),
    )
    .max(100),
});

const levelSchema = joi.object({
  sku: skuSchema.required(),
  available: joi.number().integer().min(0).required(),
  version: joi.number().integer().min(1).required(),
});

/** Services that keep something by product. */
const productListeners = ['cart', 'pricing', 'recommendations'] as const;

const table = {
  'order.confirmed': {
    publishers: ['orders'],
    listeners: ['inventory', 'cart', 'shipping', 'notifications', 'recommendations'],
    payload: orderPayload,
  },
  'order.cancelled': {
    publishers: ['orders'],
    listeners: ['inventory', 'notifications'],
    payload: orderPayload,
  },
  'payment.authorised': { publishers: ['payments'], listeners: ['orders'], payload: paymentPayload },
  'payment.declined': { publishers: ['payments'], listeners: ['orders'], payload: paymentPayload },
  'payment.captured': { publishers: ['payments'], listeners: ['orders'], payload: paymentPayload },
  'payment.refunded': { publishers: ['payments'], listeners: ['orders'], payload: paymentPayload },
  'shipment.dispatched': {
    publishers: ['shipping'],
    listeners: ['payments', 'orders'],
    payload: shipmentPayload,
  },
  'shipment.delivered': { publishers: ['shipping'], listeners: ['orders'], payload: shipmentPayload },
  'order.dispatched': {
    publishers: ['orders'],
    listeners: ['notifications'],
    payload: orderPayload.keys(trackingMembers),
  },
  'order.delivered': { publishers: ['orders'], listeners: ['notifications'], payload: orderPayload },
  'order.refunded': {
    publishers: ['orders'],
    listeners: ['notifications'],
    payload: orderPayload.keys({ refundId: idSchema.required(), amount: moneySchema }),
  },
  'account-link.requested': {
    publishers: ['identity'],
    listeners: ['notifications'],
    payload: joi.object({ requestId: idSchema.required() }),
  },
  'customer.erased': { publishers: ['identity'], listeners: customerKeepers, payload: customerPayload },
  'erasure.completed': {
    publishers: customerKeepers,
    listeners: ['identity'],
    payload: customerPayload.keys({
      service: joi.string().required(),
      /** What must be kept for now, e.g. orders under way: ask again. 0 when nothing personal is left. */
      openCount: joi.number().integer().min(0).required(),
    }),
  },
  'export.requested': {
    publishers: ['identity'],
    listeners: customerKeepers,
    payload: joi.object({ customerId: idSchema.required(), exportId: idSchema.required() }),
  },
  'export.completed': {
    publishers: customerKeepers,
    listeners: ['identity'],
    payload: joi.object({
      customerId: idSchema.required(),
      exportId: idSchema.required(),
      service: joi.string().required(),
      /** Parts of one service are numbered from 1; each holds at most 100 entries. */
      part: joi.number().integer().min(1).required(),
      parts: joi.number().integer().min(1).required(),
      data: joi.object().required(),
    }),
  },
  'stock.changed': {
    publishers: ['inventory'],
    listeners: ['catalog'],
    /** All levels that changed within about a second; each has a version of its own, and counts only if that is greater. */
    payload: joi.object({ levels: joi.array().items(levelSchema).min(1).max(500).required() }),
  },
  'price.changed': {
    publishers: ['pricing'],
    listeners: ['catalog'],
    payload: joi.object({
      sku: skuSchema.required(),
      currency: currencySchema.required(),
      price: moneySchema,
    }),
  },
  'product.published': { publishers: ['catalog'], listeners: productListeners, payload: productPayload },
  'product.changed': { publishers: ['catalog'], listeners: productListeners, payload: productPayload },
  'product.archived': { publishers: ['catalog'], listeners: productListeners, payload: productPayload },
} as const satisfies Record<string, EventKind>;

/** The type of an event, which is also its topic. */
export type EventType = keyof typeof table;

/** Type → publisher, listeners, payload. */
export const events: Readonly<Record<EventType, EventKind>> = Object.freeze(table);

/** Topics that a service publishes. */
export function publishedBy(service: ServiceName): EventType[] {
  return (Object.keys(events) as EventType[]).filter((type) => events[type].publishers.includes(service));
}

/** Topics that a service listens to. */
export function heardBy(service: ServiceName): EventType[] {
  return (Object.keys(events) as EventType[]).filter((type) => events[type].listeners.includes(service));
}

/** Where a service's undeliverable events go. */
export function deadLetterTopic(service: ServiceName): string {
  return `${service}.dead`;
}
