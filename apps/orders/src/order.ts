/** What an order is, and which changes of state are lawful. Pure: it knows neither HTTP nor SQL. */
import type { Address, Line } from '@souk/contracts/identifiers';
import type { ProblemCode } from '@souk/contracts/problems';
import type { Quote } from '@souk/contracts/quote';

export const orderStates = [
  'pending',
  'requires-action',
  'cancelling',
  'confirmed',
  'dispatched',
  'delivered',
  'cancelled',
] as const;
export type OrderState = (typeof orderStates)[number];
export type PaymentState = 'open' | 'authorised' | 'captured' | 'refunded' | 'voided';

export const cancellationReasons = [
  'out-of-stock',
  'payment-declined',
  'expired',
  'customer',
  'staff',
] as const;

/** Why an order is cancelled, or is to be if its shipment can still be stopped. */
export interface Cancellation {
  reason: (typeof cancellationReasons)[number];
  detail?: string;
  lines?: { sku: string; wanted: number; available: number }[];
}

export interface Delivery {
  email: string;
  address: Address;
  billingAddress?: Address;
  shippingMethod: string;
}

export interface Shipment {
  carrier: string;
  trackingNumber: string;
}

export interface PaymentChoice {
  method: string;
  token: string;
  returnUrl?: string;
}

export interface Order {
  id: string;
  number: string | null;
  cartId: string;
  /** Null for a guest. */
  customerId: string | null;
  state: OrderState;
  paymentState: PaymentState;
  fulfilmentState: 'open' | 'dispatched' | 'delivered';
  delivery: Delivery;
  quote: Quote;
  /** SKU → what the article was called when it was ordered. */
  names: Record<string, string>;
  payment: PaymentChoice;
  actionUrl: string | null;
  cancellation: Cancellation | null;
  /** Once dispatched. */
  shipment: Shipment | null;
  /** What was given back so far, in minor units. */
  refunded: number;
  /** When mail, names and addresses were forgotten: `delivery` and `payment` have none then. */
  erasedAt: Date | null;
  confirmedAt: Date | null;
  expiresAt: Date;
  traceparent: string | null;
  version: number;
  createdAt: Date;
}

/** How long an order may stand unconfirmed, in milliseconds. */
export const lifetimeMs = 15 * 60 * 1_000;

/** From state → the states that may follow. Everything else is unlawful. */
export const transitions: Readonly<Record<OrderState, readonly OrderState[]>> = Object.freeze({
  pending: ['requires-action', 'confirmed', 'cancelling'],
  'requires-action': ['confirmed', 'cancelling'],
  confirmed: ['cancelling', 'dispatched'],
  cancelling: ['cancelled'],
  dispatched: ['delivered'],
  delivered: [],
  cancelled: [],
});

/** States in which somebody must still do something, and the sweeper watches. */
export const movingStates: readonly OrderState[] = ['pending', 'requires-action', 'cancelling'];
/** After these nothing happens any more. */
export const finalStates: readonly OrderState[] = ['delivered', 'cancelled'];

/** Whether its buyer or staff want a confirmed order cancelled, and shipping has not said yet whether it can be. */
export function awaitsShipping({ state, cancellation }: Pick<Order, 'state' | 'cancellation'>): boolean {
  return state === 'confirmed' && cancellation !== null;
}

export function mayFollow(from: OrderState, to: OrderState): boolean {
  return transitions[from].includes(to);
}

/** The number that people read out: the serial with a check digit (weights 3 and 1, as in EAN). */
export function orderNumber(serial: number): string {
  const digits = String(100_000 + serial);
  const sum = [...digits].reverse().reduce((total, digit, i) => total + Number(digit) * (i % 2 ? 1 : 3), 0);
  return `S${digits}${(10 - (sum % 10)) % 10}`;
}

/** Articles and quantities of an order, as inventory takes them. */
export function linesOf({ quote }: Pick<Order, 'quote'>): Line[] {
  return quote.lines.map(({ sku, quantity }) => ({ sku, quantity }));
}

/** The problem that a buyer is told when the order ended this way while they waited. */
export function problemOfCancellation({ reason }: Cancellation): ProblemCode {
  return reason === 'out-of-stock' || reason === 'payment-declined' ? reason : 'order-closed';
}
