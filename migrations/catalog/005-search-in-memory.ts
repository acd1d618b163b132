/** Products are found by an index in catalog's memory: the table of their words, with its full-text indexes, goes. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE IF EXISTS search_documents');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`CREATE TABLE search_documents (
    product_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    keywords VARCHAR(1000) NOT NULL,
    body TEXT NOT NULL,
    created_at DATETIME(6) NOT NULL DEFAULT (UTC_TIMESTAMP(6)),
    FULLTEXT KEY search_keywords (keywords),
    FULLTEXT KEY search_all (keywords, body)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`);
}
