/**
 * Tables of pricing: what an article costs in each currency, and the immutable versions of the rules (tax, shipping,
 * promotions). The current rules are those with the highest version.
 *
 * `rule_versions.rules` is one JSON object, as `rulesSchema` in apps/pricing/src/rules.ts describes it:
 *   {
 *     "taxes":      [{"country": "DE", "included": true, "standard": "0.19", "reduced": "0.07", "zero": "0"}, …],
 *     "shipping":   {"taxClass": "standard", "zones": {"home": ["DE"], …},
 *                    "methods": [{"code": "standard", "name": "Standard parcel",
 *                                 "rates": [{"zone": "home", "currency": "EUR", "freeOver": 6000,
 *                                            "bands": [{"upToGrams": 2000, "price": 490}, …]}, …]}, …]},
 *     "promotions": []
 *   }
 * Rates are decimal fractions as text, prices minor units of their currency. `included` says whether prices (of
 * articles and of shipping) contain the tax in that country.
 */
import { createMessageTables, dropMessageTables } from '@souk/kit/common-tables';
import type { Knex } from 'knex';

const time = 'DATETIME(6) NOT NULL DEFAULT (UTC_TIMESTAMP(6))';
const ascii = 'CHARACTER SET ascii COLLATE ascii_bin NOT NULL';

export async function up(knex: Knex): Promise<void> {
  await createMessageTables(knex);
  await knex.raw(`CREATE TABLE prices (
    sku VARCHAR(40) ${ascii},
    currency CHAR(3) ${ascii},
    amount BIGINT NOT NULL,
    tax_class VARCHAR(16) ${ascii},
    weight_grams INT UNSIGNED NOT NULL,
    version INT UNSIGNED NOT NULL DEFAULT 1,
    created_at ${time},
    updated_at ${time},
    PRIMARY KEY (sku, currency),
    CONSTRAINT prices_amount CHECK (amount BETWEEN 0 AND 1000000000),
    CONSTRAINT prices_tax_class CHECK (tax_class IN ('standard', 'reduced', 'zero')),
    CONSTRAINT prices_weight CHECK (weight_grams >= 1),
    CONSTRAINT prices_version CHECK (version >= 1))`);
  await knex.raw(`CREATE TABLE rule_versions (
    id CHAR(26) ${ascii} PRIMARY KEY,
    version INT UNSIGNED NOT NULL,
    rules JSON NOT NULL,
    created_at ${time},
    UNIQUE KEY rule_versions_version (version),
    CONSTRAINT rule_versions_first CHECK (version >= 1))`);
}

export async function down(knex: Knex): Promise<void> {
  for (const table of ['rule_versions', 'prices']) await knex.raw(`DROP TABLE ${table}`);
  await dropMessageTables(knex);
}
