/** The shop's own resiliency.yaml in real sidecars: what a neighbour's refusals and absences cost. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { createDapr, type Dapr } from '@souk/kit/dapr';
import { createLog } from '@souk/kit/log';
import { isRefusal } from '@souk/kit/problem';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiToken, configuration, listen, type Sidecar, startDaprd } from '../../packages/kit/test/daprd.ts';
import { freePorts } from '../../packages/kit/test/free-ports.ts';

const resiliency = readFileSync(join(import.meta.dirname, '../../components/resiliency.yaml'), 'utf8');
let app: Server;
let appPort: number;
let calleePort: number;
let config: string;
let caller: Sidecar;
let callee: Sidecar;
let dapr: Dapr;

const startCallee = () => startDaprd({ appId: 'inventory', internalPort: calleePort, appPort, config });

beforeAll(async () => {
  app = createServer((request, response) => {
    request.resume();
    const refused = request.url === '/internal/refused';
    response.writeHead(refused ? 409 : 200, {
      'content-type': refused ? 'application/problem+json' : 'application/json',
    });
    response.end(refused ? '{"code":"out-of-stock"}' : '{}');
  });
  appPort = await listen(app);
  const [callerPort, freePort] = (await freePorts(2)) as [number, number];
  calleePort = freePort;
  config = configuration({ orders: callerPort, inventory: calleePort });
  const resources = [resiliency];
  caller = await startDaprd({ appId: 'orders', internalPort: callerPort, config, resources });
  callee = await startCallee();
  dapr = createDapr({
    appId: 'orders',
    httpPort: caller.port,
    apiToken,
    log: createLog('test', { silent: true }),
  });
});

afterAll(async () => {
  await dapr.close();
  await Promise.all([caller.stop(), callee.stop()]);
  app.closeAllConnections();
  app.close();
});

const put = (path: string) =>
  dapr.invoke({ app: 'inventory', method: 'PUT', path, body: {}, timeoutMs: 2_000 });
const codeOf = (path: string) =>
  put(path).then(
    () => 'ok',
    (error) => (isRefusal(error) ? error.code : String(error)),
  );

test('twenty refusals in a row do not close the way for the next buyer', async () => {
  for (let i = 0; i < 20; i++) expect(await codeOf('/internal/refused')).toBe('out-of-stock');
  expect(await codeOf('/internal/fine')).toBe('ok');
});

test("a neighbour's sidecar that is away costs little, and is reached at once when it is back", async () => {
  expect(await codeOf('/internal/fine')).toBe('ok');
  await callee.stop();
  for (let i = 0; i < 10; i++) {
    const startedMs = performance.now();
    expect(await codeOf('/internal/fine')).toBe('unavailable');
    expect(performance.now() - startedMs).toBeLessThan(500);
  }
  callee = await startCallee();
  expect(await codeOf('/internal/fine')).toBe('ok');
});
