/**
 * What this machine can do with nothing of ours: Express 5 and mysql2 with one row by id, a list of 20 and the least
 * transaction that an order is; and on a second port node:http with a fixed answer. It is the ceiling, not a shop.
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import express from 'express';
import { createPool, type PoolConnection } from 'mysql2/promise';
import { barePorts } from './ports.ts';
import { bareSchema } from './schema.ts';

const { SOUK_BARE_PORT, SOUK_BARE_USER, SOUK_BARE_PASSWORD } = process.env;

const pool = createPool({
  host: '127.0.0.1',
  port: Number(SOUK_BARE_PORT),
  user: SOUK_BARE_USER!,
  password: SOUK_BARE_PASSWORD!,
  database: bareSchema,
  connectionLimit: 16,
});

const app = express();
app.disable('x-powered-by');
app.disable('etag');

app.get('/products/:id', async (request, response) => {
  const [rows] = await pool.execute(
    'SELECT id, slug, name, brand, description, price, currency, stock FROM products WHERE id = ?',
    [Number(request.params.id)],
  );
  response.json((rows as unknown[])[0]);
});

app.get('/products', async (request, response) => {
  const [rows] = await pool.execute(
    'SELECT id, slug, name, brand, price, currency, stock FROM products WHERE id > ? ORDER BY id LIMIT 20',
    [Number(request.query.after ?? 0)],
  );
  response.json({ items: rows });
});

app.post('/orders', express.json(), async (request, response) => {
  const ids = (request.body.products as number[]).toSorted((a, b) => a - b);
  const connection = await pool.getConnection();
  try {
    response.status(201).json(await placeOrder(connection, ids));
  } finally {
    connection.release();
  }
});

/** Three conditional updates in id order, the order, its lines in one statement, one event: eight statements. */
async function placeOrder(connection: PoolConnection, ids: number[]): Promise<{ id: string }> {
  const id = randomUUID();
  await connection.query('START TRANSACTION');
  for (const product of ids) {
    await connection.execute('UPDATE products SET stock = stock - 1 WHERE id = ? AND stock >= 1', [product]);
  }
  await connection.execute('INSERT INTO orders (id, total, created_at) VALUES (?, ?, UTC_TIMESTAMP(6))', [
    id,
    300,
  ]);
  const lines = ids.flatMap((product) => [id, product, 1, 100]);
  const places = ids.map(() => '(?, ?, ?, ?)').join(', ');
  await connection.execute(
    `INSERT INTO order_lines (order_id, product_id, quantity, price) VALUES ${places}`,
    lines,
  );
  await connection.execute('INSERT INTO outbox (topic, data) VALUES (?, ?)', [
    'order',
    JSON.stringify({ id }),
  ]);
  await connection.query('COMMIT');
  return { id };
}

const fixed = Buffer.from(JSON.stringify({ text: 'x'.repeat(2_000) }));
const plain = createServer((_, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': fixed.length });
  response.end(fixed);
});

plain.listen(barePorts.plain, '127.0.0.1', () => {
  app.listen(barePorts.express, '127.0.0.1', () => console.log('listening'));
});

process.on('SIGTERM', () => process.exit());
