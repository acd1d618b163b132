/** Orders of customers, their shipment and what was given back; refunds, and the log of what staff did. */
import { createAuditTable, dropAuditTable } from '@souk/back-office/audit-table';
import type { Knex } from 'knex';

const id = 'CHAR(26) CHARACTER SET ascii COLLATE ascii_bin';
const time = 'DATETIME(6) NOT NULL DEFAULT (UTC_TIMESTAMP(6))';

export async function up(knex: Knex): Promise<void> {
  // customer_id is NULL for a guest. erased_at says that mail, names and addresses have been forgotten.
  // email is NULL once erased. Ids are ULIDs: their order is that of creation, so lists go by them.
  await knex.raw(`ALTER TABLE orders
    ADD COLUMN customer_id ${id} NULL AFTER cart_id,
    ADD COLUMN refunded BIGINT NOT NULL DEFAULT 0 CHECK (refunded >= 0),
    ADD COLUMN carrier VARCHAR(40) NULL,
    ADD COLUMN tracking_number VARCHAR(60) NULL,
    ADD COLUMN erased_at DATETIME(6) NULL,
    MODIFY COLUMN email VARCHAR(254) NULL,
    ADD KEY orders_customer (customer_id, id),
    ADD KEY orders_state (state, id),
    ADD KEY orders_email (email, id)`);
  // next_try_at is when the sweeper asks payments again; NULL once the refund has ended.
  await knex.raw(`CREATE TABLE refunds (
    id ${id} NOT NULL PRIMARY KEY,
    order_id ${id} NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    currency CHAR(3) NOT NULL,
    state ENUM('pending','refunded','failed') NOT NULL DEFAULT 'pending',
    reason VARCHAR(64) NULL,
    next_try_at DATETIME(6) NULL,
    tries INT UNSIGNED NOT NULL DEFAULT 0,
    created_at ${time},
    KEY refunds_order (order_id, id),
    KEY refunds_next_try (next_try_at))`);
  await createAuditTable(knex);
}

export async function down(knex: Knex): Promise<void> {
  await dropAuditTable(knex);
  await knex.raw('DROP TABLE refunds');
  await knex.raw("UPDATE orders SET email = '' WHERE email IS NULL");
  await knex.raw(`ALTER TABLE orders
    DROP KEY orders_customer,
    DROP KEY orders_state,
    DROP KEY orders_email,
    DROP COLUMN customer_id,
    DROP COLUMN refunded,
    DROP COLUMN carrier,
    DROP COLUMN tracking_number,
    DROP COLUMN erased_at,
    MODIFY COLUMN email VARCHAR(254) NOT NULL`);
}
