/** A small service that the telemetry test runs as a process of its own: it answers, asks itself and a database. */
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import express from 'express';
import { request } from 'undici';
import { currentTraceparent, flushSpans, setOrderId, withSpan, withTraceparent } from '../src/trace.ts';

const mysql = createRequire(import.meta.url)('mysql2');
const database = Number(process.env.DATABASE_PORT);
const app = express();

app.get('/livez', (_request, response) => void response.send('ok'));
app.get('/orders/:id', async (incoming, response) => {
  setOrderId(incoming.params.id!);
  const port = (server.address() as { port: number }).port;
  const below = await withSpan('the-work', { 'souk.step': 1 }, async () => {
    await askDatabase().catch(() => {});
    const viaFetch = await fetch(`http://127.0.0.1:${port}/echo`).then((answer) => answer.text());
    const viaUndici = await request(`http://127.0.0.1:${port}/echo`).then((answer) => answer.body.text());
    return { viaFetch, viaUndici };
  });
  response.json({ ...below, own: currentTraceparent() });
});
app.get('/echo', (incoming, response) => void response.send(incoming.headers.traceparent ?? 'none'));
app.get('/later', async (_request, response) => {
  const stored = '00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbb-01';
  response.send(await withTraceparent(stored, 'relay', async () => currentTraceparent()));
});
app.get('/flush', async (_request, response) => {
  await flushSpans();
  response.end();
});

const server = createServer(app).listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ port: (server.address() as { port: number }).port })}\n`);
});
// A poll, as a relay does it: outside any request.
askDatabase().catch(() => {});

/** A statement on a connection that fails or not: its span is what counts. */
function askDatabase(): Promise<void> {
  return new Promise((resolve, reject) => {
    const connection = mysql.createConnection({ host: '127.0.0.1', port: database, user: 'nobody' });
    connection.on('error', () => {});
    connection.query('SELECT ? AS secret', ['a-persons-name'], (error: Error | null) => {
      connection.destroy();
      if (error) reject(error);
      else resolve();
    });
  });
}
