/**
 * What pricing knows of an article (tax class, weight, whether it is sold) gets a table of its own, because it comes by
 * events of its product and not with a price; and the tables of the back office.
 *
 * `version` is the product's as of the last event; 0 is an article that no event has told of yet, and whose product is
 * not known: what stood in `prices` until now, and what the seed writes. An article that was withdrawn before it was
 * ever on sale has neither class nor weight.
 */
import { createBackOfficeTables, dropBackOfficeTables } from '@souk/back-office/audit-table';
import type { Knex } from 'knex';

const ascii = 'CHARACTER SET ascii COLLATE ascii_bin';

export async function up(knex: Knex): Promise<void> {
  await createBackOfficeTables(knex);
  await knex.raw(`CREATE TABLE articles (
    sku VARCHAR(40) ${ascii} NOT NULL PRIMARY KEY,
    product_id CHAR(26) ${ascii} NULL,
    tax_class VARCHAR(16) ${ascii} NULL,
    weight_grams INT UNSIGNED NULL,
    sellable BOOLEAN NOT NULL,
    version INT UNSIGNED NOT NULL,
    created_at DATETIME(6) NOT NULL DEFAULT (UTC_TIMESTAMP(6)),
    KEY articles_of_product (product_id, version),
    CONSTRAINT articles_tax_class CHECK (tax_class IN ('standard', 'reduced', 'zero')),
    CONSTRAINT articles_weight CHECK (weight_grams >= 1),
    CONSTRAINT articles_sellable CHECK (sellable = 0 OR (tax_class IS NOT NULL AND weight_grams IS NOT NULL)))`);
  await knex.raw(`INSERT INTO articles (sku, tax_class, weight_grams, sellable, version)
    SELECT sku, MIN(tax_class), MIN(weight_grams), 1, 0 FROM prices GROUP BY sku`);
  await knex.raw(`ALTER TABLE prices DROP CONSTRAINT prices_tax_class, DROP CONSTRAINT prices_weight,
    DROP COLUMN tax_class, DROP COLUMN weight_grams`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`ALTER TABLE prices
    ADD COLUMN tax_class VARCHAR(16) ${ascii} NOT NULL DEFAULT 'standard' AFTER amount,
    ADD COLUMN weight_grams INT UNSIGNED NOT NULL DEFAULT 1 AFTER tax_class`);
  await knex.raw(`UPDATE prices JOIN articles ON articles.sku = prices.sku
    SET prices.tax_class = articles.tax_class, prices.weight_grams = articles.weight_grams
    WHERE articles.tax_class IS NOT NULL`);
  await knex.raw(`ALTER TABLE prices
    ALTER COLUMN tax_class DROP DEFAULT, ALTER COLUMN weight_grams DROP DEFAULT,
    ADD CONSTRAINT prices_tax_class CHECK (tax_class IN ('standard', 'reduced', 'zero')),
    ADD CONSTRAINT prices_weight CHECK (weight_grams >= 1)`);
  await knex.raw('DROP TABLE articles');
  await dropBackOfficeTables(knex);
}
