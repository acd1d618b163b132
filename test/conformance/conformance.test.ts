/** docs/add-a-service.md, asked of every running service at its own port, whatever language it is written in. */
import { randomUUID } from 'node:crypto';
import { mayCall } from '@souk/contracts/calls';
import { deadLetterTopic, heardBy } from '@souk/contracts/events';
import { permissions } from '@souk/contracts/permissions';
import { portsOf, type ServiceName, serviceNames } from '@souk/contracts/ports';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeBackRoom, newArticle, schema, stockOf, untilShopIsUp } from '../support/back-room.ts';
import { type LiveKey, plantKey } from '../support/live-tokens.ts';
import { expectEarlyProblem, expectProblem, type Refused } from '../support/problem-check.ts';
import { rawRequest, sendRaw } from '../support/raw-http.ts';
import { eventually, type Json, mailsTo, place, readyCart } from '../support/shop.ts';
import { startAlone } from './lone-process.ts';
import { ask, filled, operationsOf, ours, sidecarRoutes, stateOf } from './service-contract.ts';

const listeners = serviceNames.filter((name) => heardBy(name).includes('order.confirmed'));
const audiences = ['public', 'buyer', 'customer', 'staff', 'internal'];
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const traceparent = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/;
/** Longer than any body that a service takes: 64 kB from clients, 512 kB from the broker, 2 MB of pictures. */
const overLong = JSON.stringify('x'.repeat(3_000_000));
const header = ({ headers }: Refused, name: string) => (headers as Headers).get(name);
const typeOf = (answer: Refused) => header(answer, 'content-type')?.split(';')[0];

beforeAll(() => untilShopIsUp());
afterAll(() => closeBackRoom());

describe.each(serviceNames)('%s', (service) => {
  it('answers its probes', async () => {
    expect((await ask(service, 'GET /livez')).status).toBe(200);
    expect((await ask(service, 'GET /readyz')).status).toBe(200);
  });

  it('describes its routes, each with its audience, by schemas that hold', async () => {
    const answer = await ask(service, 'GET /openapi.json');
    expect([answer.status, typeOf(answer)]).toEqual([200, 'application/json']);
    expect(answer.body.openapi).toMatch(/^3\.1\./);
    const operations = await operationsOf(service);
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: 'openapi', components: answer.body.components });
    for (const { name, path, audience, described } of operations) {
      expect([name, audiences.includes(audience)]).toEqual([name, true]);
      expect([name, path.startsWith('/internal/')]).toEqual([name, audience === 'internal']);
      const permission = described['x-permission'];
      expect([name, permissions.includes(permission)]).toEqual([name, audience === 'staff']);
      expect([name, path.startsWith('/admin/')]).toEqual([name, audience === 'staff']);
      for (const inner of schemasIn(described)) ajv.compile(rooted(inner));
    }
    const ids = operations.map(({ described }) => described.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('names every problem with a document of its code', async () => {
    expectProblem(await ask(service, 'GET /no/such/path'), 'not-found');
    expectProblem(await ask(service, 'POST /no/such/path', { body: '{}' }), 'not-found');
  });

  it('has a problem document even for what is hardly a request', async () => {
    for (const path of ['/%zz', '/%', '/no/such/path?%zz=1']) {
      const answer = await sendRaw(rawRequest('GET', path), { port: portsOf(service).app });
      expectEarlyProblem(answer, 'invalid-request', 'not-found');
    }
  });

  it('answers another method with those that there are', async () => {
    const byPath = Map.groupBy(await operationsOf(service), ({ path }) => path);
    for (const [path, operations] of byPath) {
      const own = operations.map(({ method }) => method);
      const foreign = methods.find((method) => !own.includes(method))!;
      const answer = await ask(service, `${foreign} ${filled(path)}`);
      expectProblem(answer, 'method-not-allowed');
      const allowed = header(answer, 'allow')?.split(/, ?/) ?? [];
      expect(allowed.filter((name) => methods.includes(name)).toSorted()).toEqual(own.toSorted());
    }
  });

  it('lets nobody but its sidecar in where only the sidecar may come', async () => {
    const internal = (await operationsOf(service)).filter(({ audience }) => audience === 'internal');
    for (const name of [...sidecarRoutes(service), ...internal.map((row) => filled(row.name))]) {
      const body = name.startsWith('GET') ? {} : { body: '{}' };
      for (const headers of [{}, { 'dapr-api-token': 'wrong' }, { 'dapr-caller-app-id': 'orders' }])
        expectEarlyProblem(await ask(service, name, { headers, ...body }), 'unauthorised');
    }
  });

  it('lets no neighbour in whom the call table does not name', async () => {
    const internal = (await operationsOf(service)).filter(({ audience }) => audience === 'internal');
    for (const { name, method, path } of internal) {
      const may = (caller: string) =>
        mayCall({ caller, callee: service, method: method as 'GET' | 'POST' | 'PUT' | 'DELETE', path });
      for (const caller of [...serviceNames.filter((name) => !may(name)), 'stranger', '']) {
        const headers = { ...ours, 'dapr-caller-app-id': caller };
        const body = method === 'GET' ? {} : { body: '{}' };
        expectProblem(await ask(service, filled(name), { headers, ...body }), 'forbidden');
      }
    }
  });

  it('refuses bodies that are no JSON, or too long', async () => {
    const open = (await operationsOf(service)).filter(
      ({ audience, takesJson }) => takesJson && ['public', 'buyer'].includes(audience),
    );
    const targets = [
      ...sidecarRoutes(service).filter((name) => name.startsWith('POST')),
      ...open.map(({ name }) => filled(name)),
    ];
    for (const name of targets) {
      expectProblem(await ask(service, name, { headers: ours, body: '{"a":' }), 'malformed-json');
      expectProblem(await ask(service, name, { headers: ours, body: overLong }), 'body-too-large');
    }
  });

  it("names the request's trace in its answer, and begins one where there is none", async () => {
    const [, fresh] = traceparent.exec(header(await ask(service, 'GET /no/such/path'), 'traceparent')!)!;
    const traceId = 'c0ffee'.padEnd(32, '1');
    const headers = { traceparent: `00-${traceId}-${'2'.repeat(16)}-01` };
    const answer = await ask(service, 'GET /no/such/path', { headers });
    const [, continued, span] = traceparent.exec(header(answer, 'traceparent')!)!;
    expect(continued).toBe(traceId);
    expect(span).not.toBe('2'.repeat(16));
    expect(fresh).not.toBe(traceId);
    expect(answer.body.instance).toBe(`urn:trace:${traceId}`);
  });

  it('subscribes to what the event table says, each topic with its dead letters', async () => {
    const { body } = await ask(service, 'GET /dapr/subscribe', { headers: ours });
    const heard = heardBy(service);
    const topics = heard.length === 0 ? [] : [...heard, deadLetterTopic(service)];
    expect(body.map(({ topic }: Json) => topic).toSorted()).toEqual(topics.toSorted());
    for (const { topic, route, pubsubname, deadLetterTopic: dead } of body) {
      expect([pubsubname, dead]).toEqual(['pubsub', deadLetterTopic(service)]);
      expect(sidecarRoutes(service)).toContain(`POST ${route}`);
      expect(route).toBe(topic === dead ? '/events/dead-letters' : `/events/${topic}`);
    }
  });

  it('asks for the event again when it is none of ours', async () => {
    for (const topic of heardBy(service)) {
      const answer = await ask(service, `POST /events/${topic}`, {
        headers: ours,
        body: JSON.stringify({ id: 'conformance', type: topic, data: { id: 'x' } }),
      });
      expect([topic, answer.status]).toEqual([topic, 500]);
    }
  });

  it('starts without anybody: alive, not ready, and honest about it; and stops when told to', async () => {
    const alone = await startAlone(service);
    const unready = async () => {
      await eventually(async () => (await fetch(`${alone.origin}/livez`)).status === 200, 60_000);
      for (const path of ['/readyz', '/openapi.json', '/no/such/path']) {
        const answer = await fetch(alone.origin + path);
        expect([path, answer.status, answer.headers.get('retry-after')]).toEqual([path, 503, '1']);
        expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
        expect(((await answer.json()) as Json).code).toBe('unavailable');
      }
    };
    const found = await unready().catch((error: Error) => error);
    const { code, tookMs } = await alone.stop();
    if (found) throw found;
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(10_000);
    const lines = alone.lines().map((line) => JSON.parse(line) as Json);
    expect(lines.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['service.listening', 'service.stopping']),
    );
    for (const line of lines) {
      expect(line).toMatchObject({ service, level: expect.stringMatching(/^(debug|info|warn|error)$/) });
      expect(new Date(line.at).getTime()).toBeGreaterThan(Date.now() - 60_000);
    }
  });
});

/** All JSON Schemas of an operation. */
function schemasIn(operation: Json): Json[] {
  const bodies = [operation.requestBody, ...Object.values<Json>(operation.responses)];
  const ofBodies = bodies.flatMap((body) => Object.values<Json>(body?.content ?? {}));
  return [...ofBodies, ...(operation.parameters ?? [])].flatMap(({ schema: inner }) => inner ?? []);
}

const rooted = (inner: Json) =>
  JSON.parse(JSON.stringify(inner).replaceAll('"#/components', '"openapi#/components'));

describe('an event that is delivered again', () => {
  let event: Json;
  let email: string;
  let key: LiveKey;
  let articles: { sku: string; slug: string }[];

  beforeAll(async () => {
    key = await plantKey();
    articles = await Promise.all([newArticle({ stock: 5 }), newArticle({ stock: 5 })]);
    const cart = await readyCart({ lines: articles.map(({ sku }) => ({ sku, quantity: 1 })) });
    email = cart.email;
    const placed = await place(cart);
    expect(placed.status).toBe(201);
    const sent = await eventually(async () =>
      schema('orders')('outbox')
        .select('data')
        .where('topic', 'order.confirmed')
        .where('data', 'like', `%${placed.body.id}%`)
        .first(),
    );
    event = JSON.parse(sent.data);
    await eventually(async () => JSON.stringify(await effects()) === JSON.stringify(once()), 20_000);
  });

  afterAll(() => key.remove());

  const counted = (slug: string) => stateOf('recommendations', `together-${slug}`);
  const rows = async (service: ServiceName, table: string) =>
    (await schema(service)(table).where('order_id', event.payload.orderId)).length;

  /** What came of the order, by listener. */
  async function effects(): Promise<Json> {
    const [one, other] = articles as [{ sku: string; slug: string }, { sku: string; slug: string }];
    return {
      inventory: await stockOf(one.sku),
      notifications: (await mailsTo(email)).length,
      shipping: await rows('shipping', 'shipments'),
      recommendations: (await counted(one.slug))?.counts?.[other.slug],
    };
  }
  const once = () => ({
    inventory: { onHand: 4, reserved: 0 },
    notifications: 1,
    shipping: 1,
    recommendations: 1,
  });

  it.each(listeners)('has no second effect in %s', async (service) => {
    const body = JSON.stringify({ id: event.id, type: event.type, data: event });
    for (let i = 0; i < 2; i++) {
      const { status } = await ask(service, 'POST /events/order.confirmed', { headers: ours, body });
      expect(status).toBe(200);
    }
    expect(await effects()).toEqual(once());
  });

  it.each(listeners)(
    'as a dead letter is kept once by %s, listed to staff, and applied again',
    async (service) => {
      const list = `GET /admin/${service}/dead-events`;
      const headers = {
        authorization: `Bearer ${await key.token({ claims: { kind: 'staff', roles: ['owner'] } })}`,
      };
      const kept = async () => {
        const { status, body } = await ask(service, `${list}?limit=100`, { headers });
        expect(status).toBe(200);
        return body.items.filter(({ id }: Json) => id === event.id);
      };
      const body = JSON.stringify({ id: event.id, type: event.type, data: event });
      for (let i = 0; i < 2; i++) {
        expect((await ask(service, 'POST /events/dead-letters', { headers: ours, body })).status).toBe(200);
      }
      const [dead, ...more] = await kept();
      expect(more).toEqual([]);
      expect(dead).toMatchObject({ topic: event.type, reason: expect.any(String), event: { id: event.id } });
      expectProblem(await ask(service, list), 'unauthorised');
      const redrive = `POST /admin/${service}/dead-events/${event.id}/redrive`;
      expectProblem(await ask(service, redrive, { headers }), 'idempotency-key-required');
      const sameKey = { headers: { ...headers, 'idempotency-key': randomUUID() } };
      for (let i = 0; i < 2; i++) {
        const { status, body: answer } = await ask(service, redrive, sameKey);
        expect([status, answer]).toEqual([200, { id: event.id }]);
      }
      expect(await kept()).toEqual([]);
      expect(await effects()).toEqual(once());
    },
  );
});
