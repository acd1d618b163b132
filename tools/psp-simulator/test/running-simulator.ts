// Promises a simulator over a throw-away file, beside a receiver that keeps each webhook it was sent.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { createSimulator } from '../simulator.ts';

export const apiKey = 'key_for_tests';
export const webhookSecret = 'secret_for_tests';
export interface Received {
  body: string;
  signature: string;
  event: { id: string; type: string; data: { payment: Record<string, unknown> } };
}

/** A shop's end of the webhooks; `answers` gives the next statuses, then 200. */
export async function startReceiver() {
  const received: Received[] = [];
  const answers: number[] = [];
  const server: Server = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    received.push({ body, signature: String(req.headers['psp-signature']), event: JSON.parse(body) });
    res.writeHead(answers.shift() ?? 200).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  return { url, received, answers, close: () => new Promise((done) => server.close(done)) };
}

/** A simulator with short delays, its file, and ways to stop and to open the same file again. */
export function startSimulator(webhookUrl: string, folder = mkdtempSync(join(tmpdir(), 'souk-psp-'))) {
  const simulator = createSimulator({
    dataPath: join(folder, 'psp.sqlite'),
    apiKey,
    webhookUrl,
    webhookSecret,
    publicUrl: 'http://psp.test',
    delays: { webhookDelayMs: 0, timeoutMs: 300, lateMs: 200 },
  });
  simulator.start();
  return {
    app: simulator.app,
    folder,
    stop: simulator.stop,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

let keys = 0;

/** A keyed POST with the API key; each call has a new key unless one is given. */
export function post(app: Parameters<typeof request>[0], path: string, body: object, key = `key-${++keys}`) {
  return request(app)
    .post(path)
    .set('authorization', `Bearer ${apiKey}`)
    .set('idempotency-key', key)
    .send(body);
}

export function get(app: Parameters<typeof request>[0], path: string) {
  return request(app).get(path).set('authorization', `Bearer ${apiKey}`);
}

/** The body of a payment with this card. */
export function paymentWith(token: string, orderId = 'order-1', amount = 1_999) {
  return { amount, currency: 'EUR', token, returnUrl: 'http://shop.test/back', metadata: { orderId } };
}

/** Waits until the condition holds, at most 5 s. */
export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = Date.now() + 5_000;
  while (!(await condition())) {
    if (Date.now() > endMs) throw new Error('The condition did not come true within 5 s.');
    await new Promise((done) => setTimeout(done, 10));
  }
}
