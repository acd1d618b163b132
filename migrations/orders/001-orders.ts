/** Orders: the order's row decides everything about it; history and lines hang on it. */
import {
  createIdempotencyTable,
  createMessageTables,
  dropIdempotencyTable,
  dropMessageTables,
} from '@souk/kit/common-tables';
import type { Knex } from 'knex';

const id = 'CHAR(26) CHARACTER SET ascii COLLATE ascii_bin';
const time = 'DATETIME(6) NOT NULL DEFAULT (UTC_TIMESTAMP(6))';
const states = "'pending','requires-action','cancelling','confirmed','dispatched','delivered','cancelled'";

export async function up(knex: Knex): Promise<void> {
  // live_cart_id is the cart while its order lives and NULL once cancelled: a cart can be charged once only.
  // names are the articles' names by SKU as the buyer saw them.
  // next_try_at is when the sweeper looks at it; NULL while the order rests.
  await knex.raw(`CREATE TABLE orders (
    id ${id} NOT NULL PRIMARY KEY,
    serial BIGINT UNSIGNED NOT NULL AUTO_INCREMENT UNIQUE,
    number VARCHAR(20) NULL UNIQUE,
    cart_id ${id} NOT NULL,
    live_cart_id ${id} NULL UNIQUE,
    state ENUM(${states}) NOT NULL,
    payment_state ENUM('open','authorised','captured','refunded','voided') NOT NULL DEFAULT 'open',
    fulfilment_state ENUM('open','dispatched','delivered') NOT NULL DEFAULT 'open',
    email VARCHAR(254) NOT NULL,
    currency CHAR(3) NOT NULL,
    total BIGINT NOT NULL CHECK (total >= 0),
    delivery JSON NOT NULL,
    quote JSON NOT NULL,
    names JSON NOT NULL,
    payment JSON NOT NULL,
    action_url VARCHAR(500) NULL,
    cancellation JSON NULL,
    confirmed_at DATETIME(6) NULL,
    expires_at DATETIME(6) NOT NULL,
    next_try_at DATETIME(6) NULL,
    tries INT UNSIGNED NOT NULL DEFAULT 0,
    traceparent CHAR(55) NULL,
    version INT UNSIGNED NOT NULL DEFAULT 1,
    created_at ${time},
    KEY orders_next_try (next_try_at),
    KEY orders_cart (cart_id),
    KEY orders_created (created_at))`);
  await knex.raw(`CREATE TABLE order_lines (
    order_id ${id} NOT NULL,
    position SMALLINT UNSIGNED NOT NULL,
    sku VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    quantity INT UNSIGNED NOT NULL CHECK (quantity > 0),
    total BIGINT NOT NULL CHECK (total >= 0),
    created_at ${time},
    PRIMARY KEY (order_id, position),
    KEY order_lines_sku (sku))`);
  await knex.raw(`CREATE TABLE order_history (
    id ${id} NOT NULL PRIMARY KEY,
    order_id ${id} NOT NULL,
    state ENUM(${states}) NOT NULL,
    actor VARCHAR(40) NOT NULL,
    trace_id CHAR(32) NULL,
    created_at ${time},
    KEY order_history_order (order_id, id))`);
  await createIdempotencyTable(knex);
  await createMessageTables(knex);
}

export async function down(knex: Knex): Promise<void> {
  await dropMessageTables(knex);
  await dropIdempotencyTable(knex);
  for (const table of ['order_history', 'order_lines', 'orders']) await knex.raw(`DROP TABLE ${table}`);
}
