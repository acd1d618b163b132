/** Catalog's tables: what staff write (products), what events bring (prices, stock), and what readers get (listings). */
import { createMessageTables, dropMessageTables } from '@souk/kit/common-tables';
import type { Knex } from 'knex';

const id = 'CHAR(26) CHARACTER SET ascii COLLATE ascii_bin';
const sku = 'VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin';
const slug = 'VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin';
const created = 'created_at DATETIME(6) NOT NULL DEFAULT (UTC_TIMESTAMP(6))';
const table = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci';

export async function up(knex: Knex): Promise<void> {
  await createMessageTables(knex);
  await createProductTables(knex);
  await createEventTables(knex);
  await createReadTables(knex);
}

/** The truth that staff write. `position` orders siblings; `image` is a file name under /media. */
async function createProductTables(knex: Knex): Promise<void> {
  await knex.raw(`CREATE TABLE categories (
    id ${id} NOT NULL PRIMARY KEY,
    parent_id ${id} NULL,
    slug ${slug} NOT NULL UNIQUE,
    name VARCHAR(80) NOT NULL,
    position INT UNSIGNED NOT NULL DEFAULT 0,
    ${created},
    CONSTRAINT categories_parent FOREIGN KEY (parent_id) REFERENCES categories (id)) ${table}`);
  await knex.raw(`CREATE TABLE products (
    id ${id} NOT NULL PRIMARY KEY,
    slug ${slug} NOT NULL UNIQUE,
    name VARCHAR(120) NOT NULL,
    brand VARCHAR(80) NOT NULL,
    category_id ${id} NOT NULL,
    description TEXT NOT NULL,
    image VARCHAR(100) NOT NULL,
    tax_class VARCHAR(16) NOT NULL,
    status VARCHAR(10) NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'published', 'archived')),
    popularity INT UNSIGNED NOT NULL DEFAULT 0,
    rating DECIMAL(3,2) NULL CHECK (rating BETWEEN 1 AND 5),
    version INT UNSIGNED NOT NULL DEFAULT 1,
    published_at DATETIME(3) NULL,
    ${created},
    CHECK (status <> 'published' OR published_at IS NOT NULL),
    CONSTRAINT products_category FOREIGN KEY (category_id) REFERENCES categories (id)) ${table}`);
  await knex.raw(`CREATE TABLE product_attributes (
    product_id ${id} NOT NULL,
    name VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    kind VARCHAR(8) NOT NULL CHECK (kind IN ('choice', 'number', 'boolean')),
    value VARCHAR(80) NOT NULL,
    position INT UNSIGNED NOT NULL DEFAULT 0,
    ${created},
    PRIMARY KEY (product_id, name),
    KEY product_attributes_value (name, value, product_id),
    CONSTRAINT product_attributes_product FOREIGN KEY (product_id) REFERENCES products (id)) ${table}`);
  await knex.raw(`CREATE TABLE variants (
    id ${id} NOT NULL PRIMARY KEY,
    product_id ${id} NOT NULL,
    sku ${sku} NOT NULL UNIQUE,
    options JSON NOT NULL,
    weight_grams INT UNSIGNED NOT NULL CHECK (weight_grams > 0),
    position INT UNSIGNED NOT NULL DEFAULT 0,
    ${created},
    KEY variants_of_product (product_id, position),
    CONSTRAINT variants_product FOREIGN KEY (product_id) REFERENCES products (id)) ${table}`);
}

/** Copies of what pricing and inventory own. No foreign keys: an event may come before its product does. */
async function createEventTables(knex: Knex): Promise<void> {
  await knex.raw(`CREATE TABLE variant_prices (
    sku ${sku} NOT NULL,
    currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    amount BIGINT NOT NULL CHECK (amount >= 0),
    version BIGINT UNSIGNED NOT NULL,
    ${created},
    PRIMARY KEY (sku, currency)) ${table}`);
  await knex.raw(`CREATE TABLE variant_stock (
    sku ${sku} NOT NULL PRIMARY KEY,
    available INT NOT NULL CHECK (available >= 0),
    version BIGINT UNSIGNED NOT NULL,
    ${created}) ${table}`);
}

/** Derived from all of the above by projection-store.ts, for published products only; nobody else writes here. */
async function createReadTables(knex: Knex): Promise<void> {
  await knex.raw(`CREATE TABLE listings (
    product_id ${id} NOT NULL,
    currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    slug ${slug} NOT NULL,
    name VARCHAR(120) NOT NULL,
    brand VARCHAR(80) NOT NULL,
    category_id ${id} NOT NULL,
    image VARCHAR(100) NOT NULL,
    min_price BIGINT NOT NULL,
    in_stock BOOLEAN NOT NULL,
    rating DECIMAL(3,2) NULL,
    popularity INT UNSIGNED NOT NULL,
    published_at DATETIME(3) NOT NULL,
    ${created},
    PRIMARY KEY (product_id, currency),
    KEY listings_popular (currency, popularity, product_id),
    KEY listings_newest (currency, published_at, product_id),
    KEY listings_price (currency, min_price, product_id),
    KEY listings_category (currency, category_id, brand, min_price)) ${table}`);
  await knex.raw(`CREATE TABLE search_documents (
    product_id ${id} NOT NULL PRIMARY KEY,
    keywords VARCHAR(1000) NOT NULL,
    body TEXT NOT NULL,
    ${created},
    FULLTEXT KEY search_keywords (keywords),
    FULLTEXT KEY search_all (keywords, body)) ${table}`);
}

export async function down(knex: Knex): Promise<void> {
  const tables = [
    'search_documents',
    'listings',
    'variant_stock',
    'variant_prices',
    'variants',
    'product_attributes',
    'products',
    'categories',
  ];
  for (const name of tables) await knex.raw(`DROP TABLE ${name}`);
  await dropMessageTables(knex);
}
