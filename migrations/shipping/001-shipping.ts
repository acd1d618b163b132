/** Shipping's schema: one shipment an order, or the tombstone of one that is not to be sent; and staff's audit log. */
import { createBackOfficeTables, dropBackOfficeTables } from '@souk/back-office/audit-table';
import { createMessageTables, dropMessageTables } from '@souk/kit/common-tables';
import type { Knex } from 'knex';

const id = 'CHAR(26) CHARACTER SET ascii COLLATE ascii_bin';

export async function up(knex: Knex): Promise<void> {
  await createMessageTables(knex);
  await createBackOfficeTables(knex);
  // A tombstone (cancelled before its order.confirmed came) has no lines and no address.
  await knex.raw(`CREATE TABLE shipments (
    order_id ${id} NOT NULL PRIMARY KEY,
    state VARCHAR(12) NOT NULL,
    number VARCHAR(32) NULL,
    customer_id ${id} NULL,
    method VARCHAR(40) NULL,
    packed_lines TEXT NULL,
    address TEXT NULL,
    carrier VARCHAR(40) NULL,
    tracking_number VARCHAR(60) NULL,
    dispatched_at DATETIME(6) NULL,
    delivered_at DATETIME(6) NULL,
    cancelled_at DATETIME(6) NULL,
    version INT NOT NULL DEFAULT 1,
    created_at DATETIME(6) NOT NULL DEFAULT (UTC_TIMESTAMP(6)),
    KEY shipments_state (state, order_id),
    KEY shipments_customer (customer_id),
    CONSTRAINT shipments_state CHECK (state IN ('open', 'dispatched', 'delivered', 'cancelled')),
    CONSTRAINT shipments_dispatched CHECK (
      (state IN ('dispatched', 'delivered')) = (tracking_number IS NOT NULL)),
    CONSTRAINT shipments_cancelled CHECK ((state = 'cancelled') = (cancelled_at IS NOT NULL)))`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE shipments');
  await dropBackOfficeTables(knex);
  await dropMessageTables(knex);
}
