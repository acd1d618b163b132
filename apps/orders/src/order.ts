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

/** Why an order is or will be cancelled; `code` is the problem that the buyer is told, if it was in a request. */
export interface Cancellation {
  reason: 'out-of-stock' | 'payment-declined' | 'expired' | 'customer';
  detail?: string;
  lines?: { sku: string; wanted: number; available: number }[];
}

export interface Delivery {
  email: string;
  address: Address;
  billingAddress?: Address;
  shippingMethod: string;
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
