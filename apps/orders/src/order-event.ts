/** The events of an order: what they carry, the same in all of them. */
import type { OutgoingEvent } from '@souk/kit/outbox';
import { linesOf, type Order } from './order.ts';

type OrderEventType =
  | 'order.confirmed'
  | 'order.cancelled'
  | 'order.dispatched'
  | 'order.delivered'
  | 'order.refunded';

/** An event about an order whose buyer is still known; `more` are the members of its kind. */
export function orderEvent(
  type: OrderEventType,
  order: Order,
  more: Record<string, unknown> = {},
): OutgoingEvent {
  const { id, number, cartId, customerId, delivery, quote, names, version } = order;
  const payload = {
    orderId: id,
    number,
    cartId,
    customerId,
    email: delivery.email,
    lines: linesOf(order),
    address: delivery.address,
    quote,
    names,
    ...more,
  };
  return { type, subject: id, version, payload };
}
