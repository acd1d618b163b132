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
  /** `shipping` is not built yet; what it will say is heard already. */
  publisher: ServiceName | 'shipping';
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

const productPayload = joi.object({
  productId: idSchema.required(),
  slug: joi.string().required(),
  skus: joi.array().items(skuSchema).max(100).required(),
});

const table = {
  'order.confirmed': {
    publisher: 'orders',
    listeners: ['inventory', 'cart', 'notifications'],
    payload: orderPayload,
  },
  'order.cancelled': {
    publisher: 'orders',
    listeners: ['inventory', 'notifications'],
    payload: orderPayload,
  },
  'payment.authorised': { publisher: 'payments', listeners: ['orders'], payload: paymentPayload },
  'payment.declined': { publisher: 'payments', listeners: ['orders'], payload: paymentPayload },
  'payment.captured': { publisher: 'payments', listeners: ['orders'], payload: paymentPayload },
  'payment.refunded': { publisher: 'payments', listeners: ['orders'], payload: paymentPayload },
  'shipment.dispatched': {
    publisher: 'shipping',
    listeners: ['payments'],
    payload: joi.object({ orderId: idSchema.required() }),
  },
  'stock.changed': {
    publisher: 'inventory',
    listeners: ['catalog'],
    payload: joi.object({
      sku: skuSchema.required(),
      available: joi.number().integer().min(0).required(),
    }),
  },
  'price.changed': {
    publisher: 'pricing',
    listeners: ['catalog'],
    payload: joi.object({
      sku: skuSchema.required(),
      currency: currencySchema.required(),
      price: moneySchema,
    }),
  },
  'product.published': { publisher: 'catalog', listeners: ['cart'], payload: productPayload },
  'product.changed': { publisher: 'catalog', listeners: ['cart'], payload: productPayload },
  'product.archived': { publisher: 'catalog', listeners: ['cart'], payload: productPayload },
} as const satisfies Record<string, EventKind>;

/** The type of an event, which is also its topic. */
export type EventType = keyof typeof table;

/** Type → publisher, listeners, payload. */
export const events: Readonly<Record<EventType, EventKind>> = Object.freeze(table);

/** Topics that a service publishes. */
export function publishedBy(service: ServiceName): EventType[] {
  return (Object.keys(events) as EventType[]).filter((type) => events[type].publisher === service);
}

/** Topics that a service listens to. */
export function heardBy(service: ServiceName): EventType[] {
  return (Object.keys(events) as EventType[]).filter((type) => events[type].listeners.includes(service));
}

/** Where a service's undeliverable events go. */
export function deadLetterTopic(service: ServiceName): string {
  return `${service}.dead`;
}
