/** kit's client against a real sidecar, a real Redis, and a neighbour that misbehaves on request. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDapr, type Dapr, StaleEtag } from '../src/dapr.ts';
import { createLog } from '../src/log.ts';
import { isRefusal, Refusal } from '../src/problem.ts';
import {
  apiToken,
  component,
  configuration,
  listen,
  pubsubComponent,
  type Sidecar,
  type Started,
  startDaprd,
  startRedis,
} from './daprd.ts';
import { freePorts } from './free-ports.ts';

const log = createLog('test', { silent: true });
const folder = mkdtempSync(join(tmpdir(), 'souk-kit-'));
let redis: Started;
let neighbour: Server;
let sidecars: Sidecar[];
let dapr: Dapr;

beforeAll(async () => {
  redis = await startRedis();
  neighbour = createServer(misbehave);
  const neighbourPort = await listen(neighbour);
  const [callerPort, calleePort] = (await freePorts(2)) as [number, number];
  const config = configuration({ caller: callerPort, callee: calleePort, gone: 1 });
  writeFileSync(join(folder, 'secrets.json'), JSON.stringify({ 'database-orders': 'swordfish' }));
  execFileSync('redis-cli', ['-p', `${redis.port}`, 'SET', 'flag', 'on||1']);
  const redisHost = `127.0.0.1:${redis.port}`;
  sidecars = await Promise.all([
    startDaprd({
      appId: 'caller',
      internalPort: callerPort,
      config,
      resources: [
        pubsubComponent(redis.port),
        component('statestore', 'state.redis', { redisHost, redisPassword: '' }),
        component('configstore', 'configuration.redis', { redisHost, redisPassword: '' }),
        component('secretstore', 'secretstores.local.file', { secretsFile: join(folder, 'secrets.json') }),
        component('files', 'bindings.localstorage', { rootPath: folder }),
      ],
    }),
    startDaprd({
      appId: 'callee',
      internalPort: calleePort,
      config,
      appPort: neighbourPort,
    }),
  ]);
  dapr = createDapr({ appId: 'caller', httpPort: sidecars[0]!.port, apiToken, log });
});

afterAll(async () => {
  await dapr.close();
  await Promise.all(sidecars.map((sidecar) => sidecar.stop()));
  await redis.stop();
  neighbour.closeAllConnections();
  neighbour.close();
  rmSync(folder, { recursive: true, force: true });
});

const problems: Record<string, { status: number; document: object }> = {
  '/out-of-stock': {
    status: 409,
    document: {
      type: '/problems/out-of-stock',
      status: 409,
      code: 'out-of-stock',
      detail: 'no',
      lines: [{ sku: 'A', wanted: 2, available: 1 }],
    },
  },
  '/unknown-code': { status: 409, document: { code: 'frobnicated' } },
  '/internal-error': { status: 500, document: { code: 'internal' } },
  '/forbidden': { status: 403, document: { code: 'forbidden' } },
};

/** The neighbour: answers as its path says, else with what it got. */
function misbehave(request: IncomingMessage, response: ServerResponse): void {
  const path = request.url!.split('?')[0]!;
  const problem = problems[path];
  if (path === '/hang') return;
  if (path === '/empty') {
    response.writeHead(204).end();
    return;
  }
  if (problem) {
    response.writeHead(problem.status, { 'content-type': 'application/problem+json', 'retry-after': '7' });
    response.end(JSON.stringify(problem.document));
    return;
  }
  let body = '';
  request.on('data', (text) => {
    body += text;
  });
  request.on('end', () => {
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body }),
    );
  });
}

const call = (path: string, timeoutMs = 2_000) =>
  dapr.invoke<{ method: string; url: string; headers: Record<string, string>; body: string }>({
    app: 'callee',
    method: 'GET',
    path,
    timeoutMs,
  });

async function refusalOf(asked: Promise<unknown>): Promise<Refusal> {
  const error = await asked.then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(Refusal);
  return error as Refusal;
}

describe('invoke', () => {
  test('carries method, path, query, headers and body to the neighbour and its answer back', async () => {
    const answer = await dapr.invoke<Awaited<ReturnType<typeof call>>>({
      app: 'callee',
      method: 'PUT',
      path: '/internal/things/a%20b?skus=a,b',
      headers: { 'cart-token': 'secret' },
      body: { quantity: 2 },
      timeoutMs: 2_000,
    });
    expect(answer).toMatchObject({ method: 'PUT', url: '/internal/things/a%20b?skus=a,b' });
    expect(answer.headers).toMatchObject({ 'cart-token': 'secret', 'dapr-caller-app-id': 'caller' });
    expect(JSON.parse(answer.body)).toEqual({ quantity: 2 });
  });

  test('an answer without a body is undefined', async () => {
    expect(await call('/empty')).toBeUndefined();
  });

  test("a neighbour's refusal is thrown with its code, detail and members", async () => {
    const refusal = await refusalOf(call('/out-of-stock'));
    expect(refusal).toMatchObject({ code: 'out-of-stock', detail: 'no' });
    expect(refusal.extra).toEqual({ lines: [{ sku: 'A', wanted: 2, available: 1 }], retryAfterSeconds: 7 });
  });

  test.each(['/unknown-code', '/internal-error', '/forbidden'])('%s becomes unavailable', async (path) => {
    expect(await refusalOf(call(path))).toMatchObject({ code: 'unavailable', extra: {} });
  });

  test('a neighbour that hangs is unavailable after the deadline', async () => {
    const startedMs = performance.now();
    expect((await refusalOf(call('/hang', 500))).code).toBe('unavailable');
    const tookMs = performance.now() - startedMs;
    expect(tookMs).toBeGreaterThan(450);
    expect(tookMs).toBeLessThan(700);
  });

  test('a neighbour that nobody knows, and one that is not there, are unavailable', async () => {
    for (const app of ['stranger', 'gone']) {
      const asked = dapr.invoke({ app, method: 'GET', path: '/x', timeoutMs: 500 });
      expect((await refusalOf(asked)).code).toBe('unavailable');
    }
  });
});

describe('publishBulk', () => {
  const events = [
    { id: 'E1', data: { id: 'E1' } },
    { id: 'E2', data: { id: 'E2' } },
  ];

  test('no id failed when the broker took all', async () => {
    expect(await dapr.publishBulk('order.confirmed', events)).toEqual({ failedIds: [] });
  });

  test('every id failed when there is no such component', async () => {
    const lonely = createDapr({ appId: 'callee', httpPort: sidecars[1]!.port, apiToken, log });
    expect(await lonely.publishBulk('order.confirmed', events)).toEqual({ failedIds: ['E1', 'E2'] });
    await lonely.close();
  });

  test('every id failed when the sidecar is away', async () => {
    const [port] = (await freePorts(1)) as [number];
    const lonely = createDapr({ appId: 'caller', httpPort: port, apiToken, log });
    expect(await lonely.publishBulk('order.confirmed', events)).toEqual({ failedIds: ['E1', 'E2'] });
    await lonely.close();
  });

  test('every id failed when the broker is away', async () => {
    const broker = await startRedis();
    const sidecar = await startDaprd({ appId: 'lonely', resources: [pubsubComponent(broker.port)] });
    const lonely = createDapr({ appId: 'lonely', httpPort: sidecar.port, apiToken, log });
    await broker.stop();
    expect(await lonely.publishBulk('order.confirmed', events)).toEqual({ failedIds: ['E1', 'E2'] });
    await lonely.close();
    await sidecar.stop();
  });

  test('only the entries that the broker names failed', async () => {
    const answer = { failedEntries: [{ entryId: 'E2', error: 'too long' }] };
    const sidecar = createServer((request, response) => {
      request.resume();
      response.writeHead(500, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
    const port = await listen(sidecar);
    const lonely = createDapr({ appId: 'caller', httpPort: port, apiToken, log });
    expect(await lonely.publishBulk('order.confirmed', events)).toEqual({ failedIds: ['E2'] });
    await lonely.close();
    sidecar.close();
  });
});

describe('state', () => {
  const store = () => dapr.state('statestore');

  test('a key that was never written is null', async () => {
    expect(await store().get('nothing')).toBeNull();
  });

  test('what was saved comes back with an ETag, whatever its key holds', async () => {
    await store().save('cart/1#ä ?', { items: [1] });
    const read = await store().get('cart/1#ä ?');
    expect(read?.value).toEqual({ items: [1] });
    expect(read?.etag).toMatch(/./);
    await store().delete('cart/1#ä ?');
    expect(await store().get('cart/1#ä ?')).toBeNull();
  });

  test('a save or a delete with a stale ETag throws StaleEtag and changes nothing', async () => {
    await store().save('k', { step: 1 });
    const first = (await store().get('k'))!;
    await store().save('k', { step: 2 }, { etag: first.etag });
    await expect(store().save('k', { step: 3 }, { etag: first.etag })).rejects.toBeInstanceOf(StaleEtag);
    await expect(store().delete('k', { etag: first.etag })).rejects.toBeInstanceOf(StaleEtag);
    expect((await store().get('k'))?.value).toEqual({ step: 2 });
  });

  test('of many who write what is not there yet, one does', async () => {
    const tries = [1, 2, 3, 4].map((value) => store().save('first', value, { ifAbsent: true }));
    const results = await Promise.allSettled(tries);
    const lost = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    expect(lost).toHaveLength(3);
    for (const error of lost) expect(error).toBeInstanceOf(StaleEtag);
    const { value, etag } = (await store().get('first'))!;
    expect(value).toBe(results.findIndex(({ status }) => status === 'fulfilled') + 1);
    await store().save('first', 5, { etag });
    expect((await store().get('first'))?.value).toBe(5);
  });

  test('what was deleted since it was read is written anew', async () => {
    await store().save('gone', 1);
    const { etag } = (await store().get('gone'))!;
    await store().delete('gone');
    await store().save('gone', 2, { etag });
    expect((await store().get('gone'))?.value).toBe(2);
  });

  test('a value with a time to live goes away by itself', async () => {
    await store().save('short', 1, { ttlSeconds: 1 });
    expect((await store().get('short'))?.value).toBe(1);
    await expect.poll(() => store().get('short')).toBeNull();
  });

  test('a store that does not exist or is away is unavailable', async () => {
    const nowhere = dapr.state('nowhere');
    for (const ask of [() => nowhere.get('k'), () => nowhere.save('k', 1), () => nowhere.delete('k')]) {
      expect((await refusalOf(ask())).code).toBe('unavailable');
    }
  });

  test('a store whose Redis is away is unavailable within its deadline', async () => {
    const away = await startRedis();
    const redisHost = `127.0.0.1:${away.port}`;
    const resources = [component('statestore', 'state.redis', { redisHost, redisPassword: '' })];
    const sidecar = await startDaprd({ appId: 'lonely', resources });
    const lonely = createDapr({ appId: 'lonely', httpPort: sidecar.port, apiToken, log });
    await away.stop();
    const startedMs = performance.now();
    const store = lonely.state('statestore');
    const refusals = await Promise.all([refusalOf(store.get('k')), refusalOf(store.save('k', 1))]);
    expect(refusals.map(({ code }) => code)).toEqual(['unavailable', 'unavailable']);
    expect(performance.now() - startedMs).toBeLessThan(1_900);
    await lonely.close();
    await sidecar.stop();
  });
});

describe('secrets, configuration, bindings', () => {
  test('a secret is read by its name; one that is missing throws', async () => {
    expect(await dapr.secrets('secretstore', 'database-orders')).toEqual({ 'database-orders': 'swordfish' });
    expect((await refusalOf(dapr.secrets('secretstore', 'nothing'))).code).toBe('unavailable');
  });

  test('configuration answers the keys that there are; a missing store throws', async () => {
    expect(await dapr.configuration('configstore', ['flag', 'nothing'])).toEqual({ flag: 'on' });
    expect(await dapr.configuration('configstore', ['nothing', 'neither'])).toEqual({});
    expect((await refusalOf(dapr.configuration('nowhere', ['flag']))).code).toBe('unavailable');
  });

  test('a binding answers, and its failure throws', async () => {
    await dapr.bind('files', 'create', 'hello', { fileName: 'hello.txt' });
    expect(await dapr.bind('files', 'get', undefined, { fileName: 'hello.txt' })).toBe('hello');
    expect(isRefusal(await refusalOf(dapr.bind('nowhere', 'create', 'hello')), 'unavailable')).toBe(true);
    const missing = dapr.bind('files', 'get', undefined, { fileName: 'missing.txt' });
    expect((await refusalOf(missing)).code).toBe('unavailable');
  });
});

test('a binding keeps a data URL of 2 MB as the text that it is', async () => {
  const picture = `data:image/png;base64,${Buffer.alloc(2_097_152, 0xf7).toString('base64')}`;
  await dapr.bind('files', 'create', picture, { fileName: 'picture.png' });
  expect((await dapr.bind('files', 'get', undefined, { fileName: 'picture.png' })) === picture).toBe(true);
});

describe('untilReady', () => {
  test('resolves when the sidecar is ready and throws when it is not there in time', async () => {
    await dapr.untilReady(5_000);
    const [port] = (await freePorts(1)) as [number];
    const lonely = createDapr({ appId: 'caller', httpPort: port, apiToken, log });
    expect((await refusalOf(lonely.untilReady(400))).code).toBe('unavailable');
    await lonely.close();
  });

  test('a wrong token is refused by the sidecar, and nothing hangs', async () => {
    const stranger = createDapr({ appId: 'caller', httpPort: sidecars[0]!.port, apiToken: 'wrong', log });
    const asked = stranger.invoke({ app: 'callee', method: 'GET', path: '/x', timeoutMs: 1_000 });
    expect((await refusalOf(asked)).code).toBe('unavailable');
    await stranger.close();
  });
});
