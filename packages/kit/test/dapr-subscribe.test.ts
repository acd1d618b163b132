/** Delivery of events through real sidecars and a real Redis: what arrives, what is retried, what ends as dead. */
import { execFileSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import express, { type Express } from 'express';
import supertest from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createDapr, type Dapr } from '../src/dapr.ts';
import { addSubscriptions, type ReceivedEvent } from '../src/dapr-subscribe.ts';
import { problemHandler } from '../src/http.ts';
import { newId } from '../src/identifier.ts';
import { createLog, type Log } from '../src/log.ts';
import { refuse } from '../src/problem.ts';
import {
  apiToken,
  appToken,
  listen,
  pubsubComponent,
  type Sidecar,
  type Started,
  startDaprd,
  startRedis,
} from './daprd.ts';

const silent = createLog('test', { silent: true });
const inboundRetries = JSON.stringify({
  apiVersion: 'dapr.io/v1alpha1',
  kind: 'Resiliency',
  metadata: { name: 'resiliency' },
  spec: {
    policies: { retries: { redeliver: { policy: 'constant', duration: '50ms', maxRetries: 3 } } },
    targets: { components: { pubsub: { inbound: { retry: 'redeliver' } } } },
  },
});

let redis: Started;
let sidecars: Sidecar[];
let server: Server;
let dapr: Dapr;
let ready = false;
const got: ReceivedEvent[] = [];
const traces: (string | undefined)[] = [];
const dead: Record<string, unknown>[] = [];
const kept: { id: string; reason: string }[] = [];
/** What the handler does with its next events. */
let handle: (event: ReceivedEvent) => Promise<void>;

const log: Log = {
  ...silent,
  warn: () => {},
  error: (event, fields = {}) => void (event === 'event.dead' && dead.push(fields)),
};

function buildApp(): Express {
  const app = express();
  app.get('/readyz', (_request, response) => void response.sendStatus(ready ? 200 : 503));
  app.use((_request, response, next) => void (ready ? next() : response.sendStatus(503)));
  app.use('/events', (request, _response, next) => {
    traces.push(request.get('traceparent'));
    next();
  });
  addSubscriptions(app, {
    service: 'cart',
    appToken,
    log,
    keepDead: async (event, reason) => void kept.push({ id: event.id, reason }),
    handlers: {
      'order.confirmed': async (event) => {
        got.push(event);
        await handle(event);
      },
    },
  });
  app.use(problemHandler(silent));
  return app;
}

beforeAll(async () => {
  redis = await startRedis();
  server = createServer(buildApp());
  const appPort = await listen(server);
  const probes = [
    '--enable-app-health-check',
    '--app-health-check-path',
    '/readyz',
    '--app-health-probe-interval',
    '1',
  ];
  sidecars = await Promise.all([
    startDaprd({ appId: 'orders', resources: [pubsubComponent(redis.port)] }),
    startDaprd({
      appId: 'cart',
      appPort,
      resources: [pubsubComponent(redis.port), inboundRetries],
      flags: [...probes, '--app-health-threshold', '2'],
    }),
  ]);
  dapr = createDapr({ appId: 'orders', httpPort: sidecars[0]!.port, apiToken, log: silent });
});

afterAll(async () => {
  await dapr.close();
  await Promise.all(sidecars.map((sidecar) => sidecar.stop()));
  await redis.stop();
  server.closeAllConnections();
  server.close();
});

beforeEach(() => {
  got.length = 0;
  traces.length = 0;
  dead.length = 0;
  kept.length = 0;
  handle = async () => {};
});

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;

async function publish(change: Record<string, unknown> = {}) {
  const id = newId();
  const data = {
    id,
    type: 'order.confirmed',
    at: new Date().toISOString(),
    subject: 'O1',
    version: 3,
    payload: { orderId: 'O1', amount: 9_007_199_254_740_991 },
    ...change,
  };
  expect(await dapr.publishBulk('order.confirmed', [{ id, data, traceparent }])).toEqual({ failedIds: [] });
  return data;
}

const soon = { timeout: 15_000, interval: 20 };

describe('delivery', () => {
  test('an event that was published before the subscriber was ready arrives once it is', async () => {
    const data = await publish();
    expect(got).toEqual([]);
    ready = true;
    await expect.poll(() => got.length, soon).toBe(1);
    expect(got[0]).toEqual({ ...data, traceparent });
  });

  test('an event arrives with its id, data and traceparent, inside its own trace', async () => {
    const data = await publish();
    await expect.poll(() => got.length, soon).toBe(1);
    expect(got[0]).toEqual({ ...data, traceparent });
    expect(traces[0]?.split('-')[1]).toBe(traceId);
  });

  test('an event whose handler fails is delivered again, also when it refuses with 404', async () => {
    let failures = 0;
    handle = async () => {
      if (failures++ < 2) refuse('not-found');
    };
    await publish();
    await expect.poll(() => got.length, soon).toBe(3);
    expect(new Set(got.map(({ id }) => id)).size).toBe(1);
    expect(dead).toEqual([]);
  });

  test('an event that is refused until the retries ran out becomes a dead letter, in its trace', async () => {
    handle = () => Promise.reject(new Error('never'));
    const { id } = await publish();
    await expect.poll(() => dead, soon).toEqual([{ topic: 'order.confirmed', eventId: id }]);
    expect(kept).toEqual([{ id, reason: 'never' }]);
    expect(got).toHaveLength(4);
    expect(traces.at(-1)?.split('-')[1]).toBe(traceId);
  });

  test('what is not an event of ours becomes a dead letter and never reaches the handler', async () => {
    await publish({ version: 'three' });
    await expect.poll(() => dead.length, soon).toBe(1);
    expect(got).toEqual([]);
  });

  test('what is published while the subscriber is not ready is delivered afterwards, all of it', async () => {
    for (const round of [1, 2, 3]) {
      ready = false;
      // A reader that is just between two reads may still take an event for the app that is away: it comes again.
      await expect.poll(readers, soon).toBe(0);
      await publish();
      await publish();
      ready = true;
      await expect.poll(() => got.length, { ...soon, timeout: 25_000 }).toBe(round * 2);
      // One a topic: order.confirmed and the dead letters.
      await expect.poll(readers, soon).toBe(2);
    }
    expect(dead).toEqual([]);
  }, 120_000);
});

/** How many of the subscriber's connections wait for news in Redis. */
function readers(): number {
  const clients = execFileSync('redis-cli', ['-p', `${redis.port}`, 'CLIENT', 'LIST'], { encoding: 'utf8' });
  return clients.split('\n').filter((client) => /cmd=xreadgroup/.test(client) && /flags=b/.test(client))
    .length;
}

describe('the routes', () => {
  test('without the token of our sidecar nothing is answered', async () => {
    const app = buildApp();
    await supertest(app).get('/dapr/subscribe').expect(401);
    await supertest(app).post('/events/order.confirmed').send({}).expect(401);
    await supertest(app).post('/events/dead-letters').set('dapr-api-token', 'wrong').send({}).expect(401);
    expect(got).toEqual([]);
  });

  test('each topic has the dead letters of its service, and these have themselves', async () => {
    const answer = await supertest(buildApp())
      .get('/dapr/subscribe')
      .set('dapr-api-token', appToken)
      .expect(200);
    const deadLetterTopic = 'cart.dead';
    expect(answer.body).toEqual([
      { pubsubname: 'pubsub', topic: 'order.confirmed', route: '/events/order.confirmed', deadLetterTopic },
      { pubsubname: 'pubsub', topic: 'cart.dead', route: '/events/dead-letters', deadLetterTopic },
    ]);
  });
});
