/**
 * What belongs to an order, table by table, and for how long each service keeps it. Carts and recommendations live in
 * Redis, and what staff do in the audit log: neither is read when an order is placed or listed.
 */

export interface CopiedTable {
  schema: 'orders' | 'inventory' | 'payments' | 'shipping' | 'notifications';
  table: string;
  /** The column that names the order. */
  order: string;
  /** Where rows are copied from, if not from the table as it is; it has a column `order` too. */
  source?: string;
  /** What differs from the copied row (`t`) beside the order's id and its times: SQL over it and the new order (`o`). */
  fresh?: Record<string, string>;
  /** Of how many days the service keeps it; all, if not given. */
  keptDays?: number;
}

/** An id of the order's time that no other copy has. The rows of one movement of money or of pieces share theirs. */
const idFrom = (column: string) => `CONCAT(LEFT(o.id, 10), LPAD(HEX(o.n), 8, '0'), RIGHT(t.${column}, 8))`;

export const copiedTables: readonly CopiedTable[] = [
  {
    schema: 'orders',
    table: 'orders',
    order: 'id',
    fresh: {
      serial: 'o.serial',
      number: 'o.number',
      cart_id: 'o.cart_id',
      live_cart_id: 'IF(t.live_cart_id IS NULL, NULL, o.cart_id)',
      customer_id: 'o.customer_id',
      email: 'o.email',
      // JSON has a collation of its own.
      delivery: 'REPLACE(t.delivery, t.email COLLATE utf8mb4_bin, o.email COLLATE utf8mb4_bin)',
    },
  },
  { schema: 'orders', table: 'order_lines', order: 'order_id' },
  { schema: 'orders', table: 'order_history', order: 'order_id', fresh: { id: idFrom('id') } },
  {
    schema: 'orders',
    table: 'idempotency_keys',
    order: 'subject_id',
    keptDays: 1,
    fresh: {
      scope: 'CONCAT(o.cart_id, SUBSTRING(t.scope, 27))',
      idempotency_key: "CONCAT('copy-', o.n)",
      body: 'REPLACE(t.body, t.subject_id, o.id)',
    },
  },
  outbox('orders'),
  { schema: 'inventory', table: 'reservations', order: 'order_id' },
  { schema: 'inventory', table: 'reservation_lines', order: 'order_id' },
  { schema: 'inventory', table: 'stock_movements', order: 'reference', fresh: { id: idFrom('id') } },
  {
    schema: 'inventory',
    table: 'inbox',
    order: 'subject',
    source: `(SELECT heard.*, event.subject FROM inventory.inbox heard
      JOIN orders.outbox event ON event.id = heard.event_id)`,
    keptDays: 7,
    fresh: { event_id: idFrom('event_id') },
  },
  {
    schema: 'payments',
    table: 'payments',
    order: 'order_id',
    fresh: { provider_ref: "IF(t.provider_ref IS NULL, NULL, CONCAT('copy-', o.id))" },
  },
  { schema: 'payments', table: 'ledger_entries', order: 'order_id', fresh: { txn_id: idFrom('txn_id') } },
  {
    schema: 'payments',
    table: 'provider_events',
    order: 'order_id',
    keptDays: 30,
    fresh: { event_id: "CONCAT(LEFT(t.event_id, 50), '-', o.id)" },
  },
  outbox('payments'),
  {
    schema: 'shipping',
    table: 'shipments',
    order: 'order_id',
    fresh: { number: 'o.number', customer_id: 'o.customer_id' },
  },
  outbox('shipping'),
  {
    schema: 'notifications',
    table: 'mails',
    order: 'order_id',
    keptDays: 30,
    fresh: { id: idFrom('id'), event_id: idFrom('event_id'), customer_id: 'o.customer_id' },
  },
];

/** Sent events are kept for a day. */
function outbox(schema: CopiedTable['schema']): CopiedTable {
  const fresh = { id: idFrom('id'), data: 'REPLACE(t.data, t.subject, o.id)' };
  return { schema, table: 'outbox', order: 'subject', keptDays: 1, fresh };
}
