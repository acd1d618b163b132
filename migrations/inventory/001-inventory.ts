/**
 * Tables of inventory: stock levels, reservations, and the ledger of everything that ever changed `on_hand`.
 *
 * Invariants: on_hand = Σ stock_movements.delta of the SKU; reserved = Σ quantity of the lines of its reservations in
 * state `reserved`. Whoever fills stock_levels writes a `receipt` movement beside it.
 */
import { createMessageTables, dropMessageTables } from '@souk/kit/common-tables';
import type { Knex } from 'knex';

const time = 'DATETIME(6) NOT NULL DEFAULT (UTC_TIMESTAMP(6))';
const id = 'CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL';
const sku = 'VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL';

export async function up(knex: Knex): Promise<void> {
  await createMessageTables(knex);
  // `announced` is 0 while the shop front has not been told of the level; `announced_at` holds it to one event a second.
  await knex.raw(`CREATE TABLE stock_levels (
    sku ${sku} PRIMARY KEY,
    on_hand INT NOT NULL,
    reserved INT NOT NULL DEFAULT 0,
    version INT UNSIGNED NOT NULL DEFAULT 1,
    announced TINYINT NOT NULL DEFAULT 0,
    announced_at DATETIME(6) NOT NULL DEFAULT '2000-01-01 00:00:00',
    created_at ${time},
    KEY stock_levels_unannounced (announced, sku),
    CONSTRAINT stock_levels_reserved CHECK (reserved >= 0),
    CONSTRAINT stock_levels_covered CHECK (on_hand >= reserved))`);
  // A row in state `released` without lines is a tombstone: the release came before the reserve.
  await knex.raw(`CREATE TABLE reservations (
    order_id ${id} PRIMARY KEY,
    state ENUM('reserved', 'sold', 'released') NOT NULL,
    created_at ${time},
    KEY reservations_age (state, created_at))`);
  await knex.raw(`CREATE TABLE reservation_lines (
    order_id ${id},
    sku ${sku},
    quantity INT NOT NULL,
    created_at ${time},
    PRIMARY KEY (order_id, sku),
    CONSTRAINT reservation_lines_quantity CHECK (quantity > 0))`);
  // One movement may have a line for each SKU; the unique key makes each cause count once.
  await knex.raw(`CREATE TABLE stock_movements (
    id ${id},
    sku ${sku},
    kind ENUM('receipt', 'correction', 'sale', 'cancellation') NOT NULL,
    delta INT NOT NULL,
    reference VARCHAR(64) NOT NULL,
    reason VARCHAR(200) NULL,
    created_at ${time},
    PRIMARY KEY (id, sku),
    UNIQUE KEY stock_movements_once (kind, reference, sku),
    KEY stock_movements_sku (sku, id),
    CONSTRAINT stock_movements_delta CHECK (delta <> 0))`);
}

export async function down(knex: Knex): Promise<void> {
  for (const table of ['stock_movements', 'reservation_lines', 'reservations', 'stock_levels']) {
    await knex.raw(`DROP TABLE ${table}`);
  }
  await dropMessageTables(knex);
}
