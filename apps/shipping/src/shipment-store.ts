/** All SQL over shipments: each change is one UPDATE on the condition that the shipment is still where it was. */
import type { Address } from '@souk/contracts/identifiers';
import { type Executor, isDuplicate, type Transaction } from '@souk/kit/db';
import type { PackedLine, Shipment, ShipmentState, Tracking } from './shipment.ts';

const columns = [
  'order_id',
  'state',
  'number',
  'customer_id',
  'method',
  'packed_lines',
  'address',
  'carrier',
  'tracking_number',
  'created_at',
  'dispatched_at',
  'delivered_at',
  'cancelled_at',
  'version',
] as const;

export interface NewShipment {
  orderId: string;
  number: string | null;
  customerId: string | null;
  method: string | null;
  lines: PackedLine[];
  address: Address;
}

/** Opens the shipment of an order; false if there is one, or its tombstone. */
export function insertShipment(db: Executor, shipment: NewShipment): Promise<boolean> {
  return inserted(db, {
    order_id: shipment.orderId,
    state: 'open',
    number: shipment.number,
    customer_id: shipment.customerId,
    method: shipment.method,
    packed_lines: JSON.stringify(shipment.lines),
    address: JSON.stringify(shipment.address),
  });
}

/** Makes sure that an order that has no shipment yet never gets one; false if it has one. */
export function insertTombstone(db: Executor, orderId: string, at: Date): Promise<boolean> {
  return inserted(db, { order_id: orderId, state: 'cancelled', cancelled_at: at });
}

async function inserted(db: Executor, row: Record<string, unknown>): Promise<boolean> {
  try {
    await db('shipments').insert(row);
    return true;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
}

/** Stops an open shipment; false if it is not open, or not there. */
export function markCancelled(db: Executor, orderId: string, at: Date): Promise<boolean> {
  return moved(db, { orderId, from: 'open', to: 'cancelled' }, { cancelled_at: at });
}

/** Hands an open shipment to its carrier; false if it is not open, or not there. */
export function markDispatched(
  tx: Transaction,
  orderId: string,
  { carrier, trackingNumber, at }: Tracking & { at: Date },
): Promise<boolean> {
  const values = { carrier, tracking_number: trackingNumber, dispatched_at: at };
  return moved(tx, { orderId, from: 'open', to: 'dispatched' }, values);
}

/** Notes that a dispatched shipment has arrived; false if it is not under way. */
export function markDelivered(tx: Transaction, orderId: string, at: Date): Promise<boolean> {
  return moved(tx, { orderId, from: 'dispatched', to: 'delivered' }, { delivered_at: at });
}

async function moved(
  db: Executor,
  { orderId, from, to }: { orderId: string; from: ShipmentState; to: ShipmentState },
  values: Record<string, unknown>,
): Promise<boolean> {
  const changed = await db('shipments')
    .where({ order_id: orderId, state: from })
    .update({ ...values, state: to })
    .increment('version', 1);
  return changed === 1;
}

export async function findShipment(db: Executor, orderId: string): Promise<Shipment | undefined> {
  const row = await db('shipments')
    .select(...columns)
    .where({ order_id: orderId })
    .first();
  return row && fromRow(row);
}

export interface ShipmentPage {
  state: ShipmentState;
  /** Only orders after this one. */
  afterOrderId?: string;
  limit: number;
}

/** Shipments in one state, the oldest order first. */
export async function listShipments(
  db: Executor,
  { state, afterOrderId, limit }: ShipmentPage,
): Promise<Shipment[]> {
  const rows = await db('shipments')
    .select(...columns)
    .where({ state })
    .where('order_id', '>', afterOrderId ?? '')
    .orderBy('order_id')
    .limit(limit);
  return rows.map(fromRow);
}

/** A customer's shipments, the oldest order first. */
export async function shipmentsOf(db: Executor, customerId: string, limit: number): Promise<Shipment[]> {
  const rows = await db('shipments')
    .select(...columns)
    .where({ customer_id: customerId })
    .orderBy('order_id')
    .limit(limit);
  return rows.map(fromRow);
}

// biome-ignore lint/suspicious/noExplicitAny: a row as the driver gives it
function fromRow(row: any): Shipment {
  return {
    orderId: row.order_id,
    state: row.state,
    number: row.number,
    customerId: row.customer_id,
    method: row.method,
    lines: row.packed_lines === null ? [] : JSON.parse(row.packed_lines),
    address: row.address === null ? null : JSON.parse(row.address),
    carrier: row.carrier,
    trackingNumber: row.tracking_number,
    createdAt: row.created_at,
    dispatchedAt: row.dispatched_at,
    deliveredAt: row.delivered_at,
    cancelledAt: row.cancelled_at,
    version: row.version,
  };
}
