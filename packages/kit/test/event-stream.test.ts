/** Streams of events, over a real socket: how they look, and that both sides can end them. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import joi from 'joi';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type EventStream, eventStreamHeaders, frameOf, openEventStream } from '../src/event-stream.ts';
import { createApp } from '../src/http.ts';
import { createLog } from '../src/log.ts';
import { reply } from '../src/routes.ts';

let server: Server;
let url: string;
let stream: EventStream;
let times = {};
let before = async () => {};

beforeAll(async () => {
  const app = createApp({
    service: 'orders',
    log: createLog('orders', { silent: true }),
    appToken: 'x',
    routes: [
      {
        method: 'GET',
        path: '/ticks',
        operationId: 'ticks',
        summary: 'ticks',
        audience: 'public',
        responses: { 200: joi.string() },
        produces: ['text/event-stream'],
        async handle() {
          stream = openEventStream(times);
          await before();
          return reply(200, stream.body, { ...eventStreamHeaders });
        },
      },
    ],
  });
  server = createServer((request, response) => {
    response.once('close', () => server.emit('gone'));
    app(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ticks`;
});
afterAll(() => void server.close());
beforeEach(() => {
  times = {};
  before = async () => {};
});

describe('a stream of events', () => {
  it('is sent as it comes, frame by frame, until it is ended', async () => {
    const response = await fetch(url);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(response.headers.get('cache-control')).toBe('no-store');
    stream.send({ id: 'A1', event: 'state', data: { text: 'two\nlines' } });
    stream.end();
    stream.send({ id: 'A2', event: 'state', data: {} });
    expect(await response.text()).toBe(
      'retry: 2000\n\nid: A1\nevent: state\ndata: {"text":"two\\nlines"}\n\n',
    );
  });

  it('gives a sign of life when there is nothing to say, and ends after its time', async () => {
    times = { heartbeatMs: 10, lifeMs: 100 };
    const text = await (await fetch(url)).text();
    expect(text).toMatch(/^retry: 2000\n\n(: still here\n\n)+$/);
  });

  it('is closed when the client goes away', async () => {
    const leaving = new AbortController();
    await fetch(url, { signal: leaving.signal });
    const closed = once(stream.body, 'close').catch(() => {});
    leaving.abort();
    await closed;
    expect(stream.body.destroyed).toBe(true);
  });

  it('is closed at once when the client went away before it began', async () => {
    const leaving = new AbortController();
    const closed = new Promise<void>((resolve) => {
      before = async () => {
        const gone = new Promise<void>((left) => server.once('gone', left));
        leaving.abort();
        await gone;
        stream.body.once('close', resolve);
      };
    });
    await expect(fetch(url, { signal: leaving.signal })).rejects.toThrow();
    await closed;
    expect(stream.body.destroyed).toBe(true);
  });

  it('is not begun for HEAD', async () => {
    const response = await fetch(url, { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(stream.body.destroyed).toBe(true);
  });

  it('lets go of a client that does not read', () => {
    const { body, send } = openEventStream();
    for (let i = 0; i < 100; i += 1) send({ id: `${i}`, event: 'state', data: 'x'.repeat(1_000) });
    expect(body.destroyed).toBe(true);
  });

  it('writes an id, a name and data', () => {
    expect(frameOf({ id: '1', event: 'state', data: { a: 1 } })).toBe(
      'id: 1\nevent: state\ndata: {"a":1}\n\n',
    );
  });
});
