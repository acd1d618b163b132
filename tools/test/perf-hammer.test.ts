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
