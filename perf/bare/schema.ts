/** The schema of the bare servers: as many products as the shop has, and the tables of the least that an order is. */
import type { Connection } from 'mysql2/promise';

export const bareSchema = 'souk_bare';
const rowsAtOnce = 1_000;

/** Drops and makes the schema, with this many products of plenty of stock each. */
export async function makeBareSchema(admin: Connection, products: number): Promise<void> {
  await dropBareSchema(admin);
  await admin.query(`CREATE DATABASE ${bareSchema} CHARACTER SET utf8mb4`);
  const table = (name: string, columns: string) =>
    admin.query(`CREATE TABLE ${bareSchema}.${name} (${columns}) ENGINE = InnoDB`);
  await table(
    'products',
    `id INT NOT NULL PRIMARY KEY, slug VARCHAR(120) NOT NULL, name VARCHAR(200) NOT NULL, brand VARCHAR(80) NOT NULL,
      description TEXT NOT NULL, price BIGINT NOT NULL, currency CHAR(3) NOT NULL, stock INT NOT NULL`,
  );
  await table(
    'orders',
    'id CHAR(36) NOT NULL PRIMARY KEY, total BIGINT NOT NULL, created_at DATETIME(6) NOT NULL',
  );
  await table(
    'order_lines',
    'order_id CHAR(36) NOT NULL, product_id INT NOT NULL, quantity INT NOT NULL, price BIGINT NOT NULL, PRIMARY KEY (order_id, product_id)',
  );
  await table(
    'outbox',
    'id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, topic VARCHAR(64) NOT NULL, data TEXT NOT NULL',
  );
  for (let first = 1; first <= products; first += rowsAtOnce) {
    const ids = Array.from({ length: Math.min(rowsAtOnce, products - first + 1) }, (_, step) => first + step);
    await admin.query(`INSERT INTO ${bareSchema}.products VALUES ?`, [ids.map(productRow)]);
  }
}

export async function dropBareSchema(admin: Connection): Promise<void> {
  await admin.query(`DROP DATABASE IF EXISTS ${bareSchema}`);
}

const description =
  'Made to be read from a table and sent as JSON, as long as a description usually is. '.repeat(5);

const productRow = (id: number) => [
  id,
  `product-${id}`,
  `Product number ${id}`,
  `Brand ${id % 40}`,
  description,
  100 + (id % 9_000),
  'EUR',
  1_000_000,
];
