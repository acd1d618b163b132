/** What sidecars allow, tried on the running shop: every call, topic, secret and component, against the tables. */
import { request } from 'node:http';
import { calls } from '@souk/contracts/calls';
import { deadLetterTopic, type EventType, events, heardBy, publishedBy } from '@souk/contracts/events';
import { portsOf, type ServiceName, serviceNames } from '@souk/contracts/ports';
import { secretsOf } from '@souk/contracts/secrets';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configuration, type Sidecar, startDaprd } from '../../packages/kit/test/daprd.ts';
import { ensureSecrets } from '../../tools/platform/secrets.ts';
import { untilShopIsUp } from '../support/back-room.ts';
import { mailsTo, newEmail } from '../support/shop.ts';

const token = ensureSecrets().platform['dapr-api-token'];
/** Pictures and mails go out by a binding. */
const withBindings: readonly ServiceName[] = ['catalog', 'notifications'];
const methods = ['GET', 'POST', 'PUT', 'DELETE'] as const;

interface Ask {
  port: number;
  method: string;
  /** Sent as it is: no client may tidy it up. */
  path: string;
  apiToken?: string;
  body?: string;
}

function ask({
  port,
  method,
  path,
  apiToken = token,
  body = '{}',
}: Ask): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sentBody = method === 'GET' ? '' : body;
    // Node leaves the length out for DELETE, and the next request on the connection would begin with the body.
    const headers = {
      'dapr-api-token': apiToken,
      'content-type': 'application/json',
      'content-length': sentBody.length,
    };
    const sent = request({ host: '127.0.0.1', port, method, path, headers, timeout: 5_000 }, (response) => {
      let text = '';
      response.on('data', (part) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode!, text }));
    });
    sent.on('timeout', () => sent.destroy(new Error(`${method} ${path}: no answer in 5 s`)));
    sent.on('error', reject);
    sent.end(sentBody);
  });
}

const sidecarPort = (service: ServiceName) => portsOf(service).daprHttp;

/** Whether the neighbour's app was reached: it answers with its own documents, the sidecars with theirs. */
async function reaches(
  caller: ServiceName,
  callee: ServiceName,
  method: string,
  path: string,
): Promise<boolean> {
  const { status, text } = await ask({
    port: sidecarPort(caller),
    method,
    path: `/v1.0/invoke/${callee}/method${path}`,
  });
  if (status === 403 && text.includes('PermissionDenied')) return false;
  // An app that calls nobody has no invocation API at all.
  if (status === 404 && text.startsWith('404 page not found')) return false;
  expect(text, `${caller} ${method} ${callee}${path} ${status}`).not.toContain('ERR_');
  return true;
}

beforeAll(() => untilShopIsUp());

describe('service invocation', () => {
  const pairs = serviceNames.flatMap((caller) =>
    serviceNames.filter((callee) => callee !== caller).map((callee) => ({ caller, callee })),
  );
  const paths = [...new Set(calls.map(({ path }) => path))];

  test.each(serviceNames)('%s reaches exactly what the call table says', async (caller) => {
    const reached: string[] = [];
    for (const { callee } of pairs.filter((pair) => pair.caller === caller)) {
      for (const path of paths) {
        for (const method of methods) {
          // Not a lawful id: what gets through is refused by the app and changes nothing.
          const sent = path.replace(/\{\w+\}$/, 'x');
          if (await reaches(caller, callee, method, sent)) reached.push(`${method} ${callee}${path}`);
        }
      }
    }
    const allowed = calls.filter((row) => row.caller === caller);
    expect(reached.toSorted()).toEqual(
      allowed.map(({ method, callee, path }) => `${method} ${callee}${path}`).toSorted(),
    );
  });

  describe('from a sidecar without a certificate', () => {
    let stranger: Sidecar;
    beforeAll(async () => {
      const config = configuration({ inventory: portsOf('inventory').daprInternal });
      stranger = await startDaprd({ appId: 'orders', config });
    });
    afterAll(() => stranger.stop());

    test('nothing is reached, whatever it calls itself', async () => {
      const { status, text } = await ask({
        port: stranger.port,
        apiToken: stranger.apiToken,
        method: 'PUT',
        path: '/v1.0/invoke/inventory/method/internal/reservations/x',
      });
      expect(status).toBe(500);
      expect(text).toContain('ERR_DIRECT_INVOKE');
    });
  });
});

describe('topics', () => {
  const topics = [...(Object.keys(events) as EventType[]), ...serviceNames.map(deadLetterTopic), 'unknown'];

  test.each(serviceNames)('%s publishes its own events only', async (service) => {
    const allowed: string[] = [];
    for (const topic of topics) {
      const path = `/v1.0-alpha1/publish/bulk/pubsub/${topic}`;
      const { status } = await ask({ port: sidecarPort(service), method: 'POST', path, body: '[]' });
      expect([204, 403]).toContain(status);
      if (status === 204) allowed.push(topic);
    }
    expect(allowed.toSorted()).toEqual([...publishedBy(service), deadLetterTopic(service)].toSorted());
  });

  test.each(serviceNames)(
    '%s is subscribed to what the event table says, each with its dead letters',
    async (service) => {
      const { text } = await ask({ port: sidecarPort(service), method: 'GET', path: '/v1.0/metadata' });
      const subscribed: { topic: string; deadLetterTopic: string }[] = JSON.parse(text).subscriptions ?? [];
      const heard = heardBy(service);
      const expected = heard.length === 0 ? [] : [...heard, deadLetterTopic(service)];
      expect(subscribed.map(({ topic }) => topic).toSorted()).toEqual(expected.toSorted());
      for (const one of subscribed) expect(one.deadLetterTopic).toBe(deadLetterTopic(service));
    },
  );
});

describe('secrets', () => {
  const names = [...new Set([...Object.values(secretsOf).flat(), 'redis-password', 'unknown'])];

  test.each(serviceNames)('%s reads its own secrets only', async (service) => {
    const readable: string[] = [];
    for (const name of names) {
      const path = `/v1.0/secrets/secretstore/${name}`;
      const { status } = await ask({ port: sidecarPort(service), method: 'GET', path });
      if (status === 200) readable.push(name);
    }
    expect(readable.toSorted()).toEqual([...secretsOf[service]].toSorted());
    const bulk = await ask({
      port: sidecarPort(service),
      method: 'GET',
      path: '/v1.0/secrets/secretstore/bulk',
    });
    expect(Object.keys(JSON.parse(bulk.text)).toSorted()).toEqual([...secretsOf[service]].toSorted());
  });
});

describe('tokens and APIs', () => {
  test.each(serviceNames)(
    "%s: neither app nor sidecar answers without the other's token",
    async (service) => {
      const { app, daprHttp } = portsOf(service);
      const own = calls.filter(({ callee }) => callee === service);
      const inner = [
        { method: 'GET', path: '/dapr/subscribe' },
        { method: 'POST', path: '/events/dead-letters' },
        ...heardBy(service).map((topic) => ({ method: 'POST', path: `/events/${topic}` })),
        ...own.map(({ method, path }) => ({ method, path: path.replace(/\{\w+\}$/, 'x') })),
      ];
      for (const { method, path } of inner) {
        const { status } = await ask({ port: app, method, path, apiToken: 'wrong' });
        expect(status, `${method} ${path}`).toBe(401);
      }
      const { status } = await ask({
        port: daprHttp,
        method: 'GET',
        path: '/v1.0/metadata',
        apiToken: 'wrong',
      });
      expect(status).toBe(401);
    },
  );

  test.each(serviceNames)('%s: APIs that nobody uses are not there', async (service) => {
    const unused = [
      '/v1.0/actors/cart/1/method/x',
      '/v1.0/workflows/dapr/x/start',
      '/v1.0-alpha1/lock/lockstore',
      '/v1.0-alpha1/jobs/x',
      '/v1.0/publish/pubsub/order.confirmed',
      ...(withBindings.includes(service) ? [] : ['/v1.0/bindings/mail']),
    ];
    for (const path of unused) {
      const { status } = await ask({ port: sidecarPort(service), method: 'POST', path });
      expect(status, path).toBe(404);
    }
  });

  test.each(serviceNames.filter((name) => name !== 'notifications'))('%s sends no mail', async (service) => {
    const email = newEmail();
    const body = JSON.stringify({ operation: 'create', data: 'x', metadata: { emailTo: email } });
    const { status } = await ask({
      port: sidecarPort(service),
      method: 'POST',
      path: '/v1.0/bindings/mail',
      body,
    });
    expect([404, 500]).toContain(status);
    expect(await mailsTo(email)).toEqual([]);
  });

  test('carts are out of reach of every other service', async () => {
    const inScope: ServiceName[] = ['cart', 'recommendations'];
    for (const service of serviceNames.filter((name) => !inScope.includes(name))) {
      const path = '/v1.0/state/statestore/cart';
      const { status } = await ask({ port: sidecarPort(service), method: 'GET', path });
      expect(status, service).toBe(400);
    }
    // Who shares the store has a prefix of its own, and cannot write another's: `||` is refused in keys.
    const port = sidecarPort('recommendations');
    const body = '[{"key":"cart||x","value":1}]';
    const path = '/v1.0/state/statestore';
    expect((await ask({ port, method: 'GET', path: `${path}/cart%7C%7Cx` })).status).toBe(400);
    expect((await ask({ port, method: 'POST', path, body })).status).toBe(400);
  });
});
