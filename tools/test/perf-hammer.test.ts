/** The cheap load generator counts what a server really answers. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { hammer } from '../../perf/hammer.ts';

const servers: ReturnType<typeof createServer>[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listen(answer: Parameters<typeof createServer>[1]): Promise<number> {
  const server = createServer(answer!);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const order = { connections: 4, seconds: 0.3, status: 200 };

it('every answer is counted once, with bodies that come in pieces too', async () => {
  let served = 0;
  const body = 'x'.repeat(200_000);
  const port = await listen((_, response) => {
    served += 1;
    response.writeHead(200, { 'content-length': body.length });
    response.write(body.slice(0, 100));
    response.end(body.slice(100));
  });
  const found = await hammer({ ...order, port, requests: [{ method: 'GET', path: '/' }] });
  expect(found.errors).toBe(0);
  expect(found.units).toBe(served);
  expect(found.meanBytes).toBeGreaterThan(body.length);
  expect(found.p50Ms).toBeLessThanOrEqual(found.p99Ms);
});

it('answers in pieces are read to their end, whatever stands in them', async () => {
  let served = 0;
  const port = await listen((_, response) => {
    served += 1;
    response.writeHead(200);
    response.write('0\r\n\r\n');
    setImmediate(() => response.end('x'.repeat(70_000)));
  });
  const found = await hammer({ ...order, port, requests: [{ method: 'GET', path: '/' }] });
  expect(found.errors).toBe(0);
  expect(found.units).toBe(served);
  expect(found.meanBytes).toBeGreaterThan(70_000);
});

it('headers are sent with the request that has them, and with no other', async () => {
  const heard: (string | undefined)[] = [];
  const port = await listen((request, response) => {
    heard.push(request.headers.traceparent as string | undefined);
    response.writeHead(200, { 'content-length': 0 }).end();
  });
  const requests = [
    { method: 'GET' as const, path: '/', headers: { traceparent: 'mine' } },
    { method: 'GET' as const, path: '/' },
  ];
  await hammer({ ...order, connections: 1, port, requests });
  expect(heard.slice(0, 4)).toEqual(['mine', undefined, 'mine', undefined]);
});

it('bodies are sent as JSON, and an answer with another status is an error, not a unit', async () => {
  const heard = new Set<string>();
  const port = await listen(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    heard.add(text);
    response.writeHead(503, { 'content-length': 0 }).end();
  });
  const found = await hammer({ ...order, port, requests: [{ method: 'POST', path: '/', body: { a: 1 } }] });
  expect([...heard]).toEqual(['{"a":1}']);
  expect(found.units).toBe(0);
  expect(found.errors).toBeGreaterThan(0);
});

it('when each request is to be sent once, it ends with the last one, however much time is left', async () => {
  const heard: (string | undefined)[] = [];
  const port = await listen((request, response) => {
    heard.push(request.url);
    response.writeHead(200, { 'content-length': 0 }).end();
  });
  const requests = Array.from({ length: 50 }, (_, place) => ({ method: 'GET' as const, path: `/${place}` }));
  const found = await hammer({ ...order, seconds: 10, once: true, port, requests });
  expect(heard.toSorted()).toEqual(requests.map(({ path }) => path).toSorted());
  expect([found.units, found.errors]).toEqual([50, 0]);
  expect(found.seconds).toBeLessThan(5);
});

it('at a constant rate it begins as many as are due, whether answers come or not', async () => {
  let served = 0;
  const port = await listen((_, response) => {
    served += 1;
    response.writeHead(200, { 'content-length': 0 }).end();
  });
  const requests = [{ method: 'GET' as const, path: '/' }];
  const found = await hammer({ ...order, connections: 40, rate: 200, seconds: 0.5, port, requests });
  expect([found.units, found.errors]).toEqual([served, 0]);
  expect(found.units + found.dropped).toBeLessThanOrEqual(100);
  expect(found.units).toBeGreaterThan(50);

  const slow = await listen((_, response) => {
    setTimeout(() => response.writeHead(200, { 'content-length': 0 }).end(), 200);
  });
  const late = await hammer({ ...order, connections: 1, rate: 200, seconds: 0.5, port: slow, requests });
  expect(late.units).toBeLessThanOrEqual(4);
  expect(late.dropped).toBeGreaterThan(50);
});

it('"not now" is no error where it may be said, and its time is told apart', async () => {
  const port = await listen((request, response) => {
    const refused = request.url === '/refused';
    response.writeHead(refused ? 429 : 200, { 'content-length': 0 });
    setTimeout(() => response.end(), refused ? 0 : 30);
  });
  const requests = ['/refused', '/refused', '/'].map((path) => ({ method: 'GET' as const, path }));
  const found = await hammer({ ...order, connections: 1, port, requests, refusals: [429] });
  expect(found.errors).toBe(0);
  expect(found.units).toBeGreaterThan(0);
  expect(Math.abs(found.refused - 2 * found.units)).toBeLessThanOrEqual(2);
  // Two thirds of all answers come at once: their median would be far less.
  expect(found.p50Ms).toBeGreaterThan(25);
  expect((await hammer({ ...order, connections: 1, port, requests })).errors).toBeGreaterThan(0);
});

it('a connection that ends before its answer is an error, and at a rate another one takes its place', async () => {
  let asked = 0;
  const port = await listen((request, response) => {
    asked += 1;
    if (asked % 4 === 0) request.socket.end();
    else response.writeHead(200, { 'content-length': 0 }).end();
  });
  const requests = [{ method: 'GET' as const, path: '/' }];
  const found = await hammer({ ...order, connections: 2, rate: 100, seconds: 0.5, port, requests });
  expect(found.errors).toBe(Math.floor(asked / 4));
  expect(found.errors).toBeGreaterThan(2);
  expect(found.units).toBe(asked - found.errors);
});

it('a server that is not there is an error for each connection', async () => {
  const requests = [{ method: 'GET' as const, path: '/' }];
  const found = await hammer({ ...order, rate: 100, port: 1, requests });
  expect([found.units, found.errors]).toEqual([0, order.connections]);
});
