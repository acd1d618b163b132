/** The shop's door: what the ingress itself refuses is said as everywhere else, and nothing leads past it. */
import { type IngressBound, ingressBounds } from '@souk/contracts/ingress';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { supervisorStatus } from '../../tools/runner/control.ts';
import { closeBackRoom, untilShopIsUp } from '../support/back-room.ts';
import { expectEarlyProblem, expectProblem, faultsOf } from '../support/problem-check.ts';
import { rawRequest, sendRaw } from '../support/raw-http.ts';
import { type Answer, eventually, origin, send } from '../support/shop.ts';

beforeAll(() => untilShopIsUp());
afterAll(() => closeBackRoom());

const get = (path: string, headers: string[] = []) => sendRaw(rawRequest('GET', path, headers));

describe('behind the door', () => {
  const ways = [
    'internal/variants?skus=CUP-1',
    'internal/carts/1',
    'events/order.confirmed',
    'dapr/subscribe',
    'dapr/config',
    'readyz',
    'livez',
    'orders-sweeper',
    'v1.0/invoke/orders/method/orders',
    'v1.0/healthz',
    'metrics',
  ];
  const doors = [
    '/',
    '/api/',
    '/api/v1/',
    '/api/v2/',
    '/api/v1/carts/../',
    '/api/v1/carts/../../',
    '/api/v1/orders/%2e%2e/',
    '/api/v1/products/%2E%2E/%2e%2e/',
    '/api/v1/products/..%2f',
    '/api/v1/products/%2e%2e%2f',
    '/api/v1/products/..%5c',
    '/api/v1//',
    '//',
    '/api/v1/./',
    '/api/v1/products/..;/',
    '/api/v1/carts/%252e%252e/',
    '/api/v1/carts/.%00./',
    '\\',
    '/api/v1\\',
    '/api/v1/products/%c0%ae%c0%ae/',
  ];

  it.each(ways)('nothing leads to /%s, by whatever detour', async (way) => {
    const wrong: string[] = [];
    for (const door of doors) {
      const answer = await get(`${door}${way}`);
      const faults = faultsOf(answer, ['not-found', 'invalid-request', 'method-not-allowed'], {
        mayBeUntraced: true,
      });
      for (const fault of faults) wrong.push(`${door}${way}: ${fault}`);
    }
    expect(wrong).toEqual([]);
  });

  it('no header opens it either', async () => {
    const headers = [
      'dapr-api-token: anything',
      'dapr-caller-app-id: orders',
      'dapr-app-id: inventory',
      'x-envoy-original-path: /internal/variants',
      'x-original-url: /internal/variants',
      'x-rewrite-url: /internal/variants',
      'x-forwarded-for: 127.0.0.1',
      'x-forwarded-host: 127.0.0.1:14010',
      'x-http-method-override: DELETE',
    ];
    expectProblem(await get('/internal/variants?skus=CUP-1', headers), 'not-found');
    expectProblem(await get('/api/v1/internal/variants?skus=CUP-1', headers), 'not-found');
    expect((await get('/api/v1/categories', headers)).status).toBe(200);
  });

  it('an absolute address or another host leads to the shop or to nothing', async () => {
    for (const target of [
      'http://127.0.0.1:14010/internal/variants?skus=A',
      'http://169.254.169.254/latest',
    ]) {
      const answer = await get(target);
      expectEarlyProblem(answer, 'not-found', 'invalid-request');
    }
    expect((await get('/api/v1/categories', ['x-host: evil.example'])).status).toBe(200);
  });
});

describe('at the door', () => {
  it.each([
    '/',
    '/api',
    '/api/v1',
    '/api/v1/',
    '/api/v1/nowhere',
    '/api/v1/cartsx',
    '/favicon.ico',
    '/.git/config',
    '/admin',
  ])('an address that there is not (%s) is not found', async (path) => {
    expectProblem(await get(path), 'not-found');
  });

  it('headers of more than 16 kB are refused, in one or in many', async () => {
    expectEarlyProblem(
      await get('/api/v1/categories', [`x-long: ${'x'.repeat(20_000)}`]),
      'headers-too-large',
    );
    const many = Array.from({ length: 90 }, (_, i) => `x-${i}: ${'x'.repeat(250)}`);
    expectEarlyProblem(await get('/api/v1/categories', many), 'headers-too-large');
    const crowd = Array.from({ length: 500 }, (_, i) => `x-${i}: 1`);
    expectEarlyProblem(await get('/api/v1/categories', crowd), 'headers-too-large');
  });

  it('headers just below 16 kB reach every service', async () => {
    const long = [`x-long: ${'x'.repeat(14_000)}`];
    for (const path of ['/categories', '/payment-methods'])
      expect((await get(`/api/v1${path}`, long)).status).toBe(200);
    expectProblem(await get('/api/v1/orders/01J00000000000000000000000', long), 'not-found');
    expectProblem(await get('/api/v1/carts/01J00000000000000000000000', long), 'not-found');
  });

  it('an address of 20 kB is refused', async () => {
    expectEarlyProblem(
      await get(`/api/v1/products?q=${'x'.repeat(20_000)}`),
      'headers-too-large',
      'invalid-request',
    );
  });

  it('a body of more than 64 kB is refused, also when it does not say so before', async () => {
    const json = 'content-type: application/json';
    const body = 'x'.repeat(70_000);
    expectProblem(await sendRaw(rawRequest('POST', '/api/v1/carts', [json], body)), 'body-too-large');
    const chunk = `${(35_000).toString(16)}\r\n${'x'.repeat(35_000)}\r\n`;
    const chunked = rawRequest('POST', '/api/v1/carts', [json, 'transfer-encoding: chunked']);
    expectProblem(await sendRaw(`${chunked}${chunk}${chunk}0\r\n\r\n`), 'body-too-large');
  });

  it.each<[string, string]>([
    ['a method that nobody knows', rawRequest('FROBNICATE', '/api/v1/categories')],
    ['TRACE', rawRequest('TRACE', '/api/v1/categories')],
    ['two lengths', `${rawRequest('POST', '/api/v1/carts', ['content-length: 5', 'content-length: 6'])}{}`],
    [
      'a length and chunks',
      rawRequest('POST', '/api/v1/carts', ['content-length: 3', 'transfer-encoding: chunked']),
    ],
    ['a negative length', rawRequest('POST', '/api/v1/carts', ['content-length: -1'])],
    ['an unknown coding', rawRequest('POST', '/api/v1/carts', ['transfer-encoding: xchunked'])],
    ['no host', 'GET /api/v1/categories HTTP/1.1\r\n\r\n'],
    ['a blank in the address', rawRequest('GET', '/api/v1/cate gories')],
    ['a header without a colon', rawRequest('GET', '/api/v1/categories', ['nonsense'])],
    ['a zero byte', rawRequest('GET', '/api/v1/categories', ['x-a: a\u0000b'])],
    ['a header with an underscore', rawRequest('GET', '/api/v1/categories', ['cart_token: x'])],
    ['an old protocol', 'GET /api/v1/categories HTTP/0.9\r\n\r\n'],
    ['no HTTP at all', 'hello\r\n\r\n'],
    ['the beginning of TLS', Buffer.from('16030100050100000103', 'hex').toString('latin1')],
  ])('%s is refused and never a 5xx', async (_name, bytes) => {
    const answer = await sendRaw(bytes);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    if (answer.text !== '') expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  });

  it('HEAD and OPTIONS are answered as HTTP has them', async () => {
    const head = await fetch(`${origin}/api/v1/categories`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    const options = await send('OPTIONS', '/carts');
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'POST']);
  });
});

describe('a service that is away', () => {
  /** Holds the process of a service still, as a machine that hangs does, and lets it go on afterwards. */
  async function whileHeld<T>(service: string, work: () => Promise<T>): Promise<T> {
    const { units } = await supervisorStatus();
    const { pid } = units.find(({ name }) => name === service)!;
    process.kill(pid!, 'SIGSTOP');
    try {
      return await work();
    } finally {
      process.kill(pid!, 'SIGCONT');
    }
  }

  const askOf = ({ methods, prefixes: [prefix] }: IngressBound) =>
    methods.includes('POST')
      ? send('POST', prefix!, { body: { currency: 'EUR' } })
      : send('GET', `${prefix}?currency=EUR`);

  it.each(ingressBounds)('has the ingress refuse $name beyond those in hand, at once', async (bound) => {
    const { mostAtOnce, service, methods } = bound;
    const success = methods.includes('POST') ? 201 : 200;
    const more = 20;
    const refused = Promise.withResolvers<void>();
    const tooMany: Answer[] = [];
    const begin = async () => {
      const answer = await askOf(bound);
      if (answer.status !== success) tooMany.push(answer);
      // Two threads of the ingress may each let in one more than both together should.
      if (tooMany.length === more - 1) refused.resolve();
      return answer;
    };
    const answers = await whileHeld(service, async () => {
      const begun = Array.from({ length: mostAtOnce + more }, begin);
      await Promise.race([refused.promise, Promise.all(begun)]);
      return begun;
    });
    for (const answer of tooMany) expectProblem(answer, 'too-many-requests');
    expect(tooMany.length).toBeGreaterThanOrEqual(more - 1);
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    expect(statuses.filter((status) => status === success).length).toBeGreaterThanOrEqual(mostAtOnce);
    expect((await askOf(bound)).status).toBe(success);
  });

  it('is 504 in time when it hangs', async () => {
    const startedMs = performance.now();
    const answer = await whileHeld('payments', () => send('GET', '/payment-methods'));
    expectProblem(answer, 'timeout');
    expect(performance.now() - startedMs).toBeLessThan(4_000);
    await eventually(async () => (await send('GET', '/payment-methods')).status === 200);
  });

  it('is 503 with Retry-After when it is gone, and sells again by itself', async () => {
    const { units } = await supervisorStatus();
    process.kill(units.find(({ name }) => name === 'payments')!.pid!, 'SIGKILL');
    const gone = await eventually(async () => {
      const answer = await send('GET', '/payment-methods');
      return answer.status !== 200 && answer;
    });
    expectProblem(gone, 'unavailable');
    await eventually(async () => (await send('GET', '/payment-methods')).status === 200);
    await untilShopIsUp();
  });
});
