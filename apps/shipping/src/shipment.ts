/** What a shipment is, and what its events say. */
import type { Address, Line } from '@souk/contracts/identifiers';
import type { OutgoingEvent } from '@souk/kit/outbox';

/** `open` → `dispatched` → `delivered`, or `open` → `cancelled`; no other way. */
export const shipmentStates = ['open', 'dispatched', 'delivered', 'cancelled'] as const;
export type ShipmentState = (typeof shipmentStates)[number];

/** What is to be put into the parcel. */
export interface PackedLine extends Line {
  /** What the article was called when it was ordered. */
  name: string;
}

/** One an order. A tombstone is `cancelled` without number, lines and address. */
export interface Shipment {
  orderId: string;
  state: ShipmentState;
  /** The order's number, for people. */
  number: string | null;
  /** Null for a guest, and once the customer is forgotten. */
  customerId: string | null;
  /** The shipping method that the buyer has paid for. */
  method: string | null;
  lines: PackedLine[];
  /** Null once it is forgotten. */
  address: Address | null;
  carrier: string | null;
  trackingNumber: string | null;
  createdAt: Date;
  dispatchedAt: Date | null;
  deliveredAt: Date | null;
  cancelledAt: Date | null;
  version: number;
}

/** By whom a parcel goes, and under which number. */
export interface Tracking {
  carrier: string;
  trackingNumber: string;
}

/** The tracking of a shipment that has left. */
export function trackingOf({ carrier, trackingNumber }: Shipment): Tracking {
  if (carrier === null || trackingNumber === null) throw new Error('A dispatched shipment has its tracking.');
  return { carrier, trackingNumber };
}

/** What the others hear of a shipment that has left or arrived. */
export function shipmentEvent(
  type: 'shipment.dispatched' | 'shipment.delivered',
  shipment: Shipment,
): OutgoingEvent {
  const { orderId, version } = shipment;
  return { type, subject: orderId, version, payload: { orderId, ...trackingOf(shipment) } };
}
