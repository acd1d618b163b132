/** What staff need: their audit log and keys, variants that are no longer sold, pictures that they brought. */
import { createBackOfficeTables, dropBackOfficeTables } from '@souk/back-office/audit-table';
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await createBackOfficeTables(knex);
  // Old orders name it for ever, so it is not deleted.
  await knex.raw('ALTER TABLE variants ADD COLUMN archived_at DATETIME(3) NULL AFTER position');
  await knex.raw('ALTER TABLE products ADD KEY products_brands (status, brand)');
  await knex.raw(`CREATE TABLE pictures (
    file VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    media_type VARCHAR(16) NOT NULL,
    byte_count INT UNSIGNED NOT NULL,
    width INT UNSIGNED NOT NULL,
    height INT UNSIGNED NOT NULL,
    created_at DATETIME(6) NOT NULL DEFAULT (UTC_TIMESTAMP(6)))
    ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE pictures');
  await knex.raw('ALTER TABLE products DROP KEY products_brands');
  await knex.raw('ALTER TABLE variants DROP COLUMN archived_at');
  await dropBackOfficeTables(knex);
}
