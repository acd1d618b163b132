/** At least two hundred ways round the rules, each tried where the forbidden thing would have answered 2xx if reached. */
import { ports, portsOf, type ServiceName, serviceNames } from '@souk/contracts/ports';
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureSecrets } from '../../tools/platform/secrets.ts';
import { untilShopIsUp } from '../support/back-room.ts';
import { type RawAnswer, rawRequest, sendRaw } from '../support/raw-http.ts';
import { send as fromShop } from '../support/shop.ts';

const { platform } = ensureSecrets();
const sidecarToken = `dapr-api-token: ${platform['dapr-api-token']}`;
const appToken = `dapr-api-token: ${platform['app-api-token']}`;
const json = 'content-type: application/json';
/** Every attempt of this file that was refused, by what was sent. */
const refused = new Set<string>();
let sku: string;

beforeAll(async () => {
  await untilShopIsUp();
  sku = (await fromShop('GET', '/products/gale-kettle')).body.variants[0].sku;
});

interface Attempt {
  port: number;
  method: string;
  path: string;
  headers?: string[];
  body?: string;
}

async function send({ port, method, path, headers = [], body = '' }: Attempt): Promise<RawAnswer> {
  return sendRaw(rawRequest(method, path, headers, body), { port });
}

/** What was sent, without the tokens in it. */
function nameOf({ port, method, path, headers = [] }: Attempt): string {
  const text = JSON.stringify([port, method, path, ...headers]);
  return Object.entries(platform).reduce((shown, [name, value]) => shown.replaceAll(value, name), text);
}

/** Sends all and answers those that got through, or that broke something. */
async function passed(attempts: readonly Attempt[]): Promise<string[]> {
  const through: string[] = [];
  for (const attempt of attempts) {
    const { status, text } = await send(attempt);
    const name = nameOf(attempt);
    // Between sidecars whatever cannot be delivered is a 5xx of the sidecar's own; an app's 5xx would be a hole.
    const broken = status >= 500 && !text.includes('ERR_');
    if (status < 400 || broken) through.push(`${name}: ${status} ${text.slice(0, 80)}`);
    else refused.add(name);
  }
  return through;
}

/** Ways to write a path so that one reader takes it for another than the next reader does. */
function spellings(path: string, cover: string): string[] {
  const target = path.replace(/^\//, '');
  const [first = '', ...rest] = target.split('/');
  const letter = `%${first.charCodeAt(0).toString(16)}${first.slice(1)}`;
  return [
    `/${target}`,
    `//${target}`,
    `/./${target}`,
    `/${target}/`,
    `/${target}//`,
    `/${target}.`,
    `/${target};a=b`,
    `/${target}%20`,
    `/${target}%00`,
    `/${target}%2f`,
    `/${target}%3f`,
    `/%2f${target}`,
    `/${[letter, ...rest].join('/')}`,
    `/${[letter.replace('%', '%25'), ...rest].join('/')}`,
    `/${target.toUpperCase()}`,
    `/${first}${rest.length > 0 ? '//' : '%2f%2e'}${rest.join('/')}`,
    `/${first}%2f${rest.join('%2f')}`,
    `\\${target}`,
    `${cover}/../../../${target}`,
    `${cover}/%2e%2e/%2e%2e/%2e%2e/${target}`,
    `${cover}/..%2f..%2f..%2f${target}`,
    `${cover}/..%5c..%5c${target}`,
    `${cover}/%252e%252e/%252e%252e/${target}`,
    `${cover}/..;/..;/${target}`,
    `${cover}%00/../../${target}`,
    `${cover}%23/../../../${target}`,
    `${cover}?/../../${target}`,
  ];
}

describe('through a sidecar, without a row in the call table', () => {
  /** Each would answer 2xx if it were reached; `cover` is what the caller may call there, or looks like it. */
  const forbidden: {
    caller: ServiceName;
    callee: ServiceName;
    method: string;
    path: string;
    cover: string;
  }[] = [
    {
      caller: 'orders',
      callee: 'inventory',
      method: 'GET',
      path: '/openapi.json',
      cover: '/internal/reservations/x',
    },
    {
      caller: 'orders',
      callee: 'payments',
      method: 'POST',
      path: '/payments-sweeper',
      cover: '/internal/payments/x',
    },
    {
      caller: 'cart',
      callee: 'catalog',
      method: 'GET',
      path: '/dapr/subscribe',
      cover: '/internal/variants',
    },
    {
      caller: 'pricing',
      callee: 'catalog',
      method: 'GET',
      path: '/internal/variants',
      cover: '/internal/variants/x',
    },
    { caller: 'shipping', callee: 'identity', method: 'GET', path: '/openapi.json', cover: '/internal/jwks' },
    {
      caller: 'catalog',
      callee: 'payments',
      method: 'GET',
      path: '/payment-methods',
      cover: '/internal/payments/x',
    },
  ];

  it.each(forbidden)('$caller does not reach $method $path of $callee', async (one) => {
    const query = one.path === '/internal/variants' ? `?skus=${sku}` : '';
    const attempts = spellings(one.path, one.cover).map((path) => ({
      port: portsOf(one.caller).daprHttp,
      method: one.method,
      path: `/v1.0/invoke/${one.callee}/method${path}${path.includes('?') ? '' : query}`,
      headers: [sidecarToken, json],
    }));
    expect(await passed(attempts)).toEqual([]);
  });

  it('nobody passes for another by a header, nor gets out of the mesh by a URL', async () => {
    const path = '/internal/variants';
    const headers = [
      'dapr-caller-app-id: cart',
      'Dapr-Caller-App-Id: cart\r\ndapr-caller-namespace: default',
      'dapr-callee-app-id: cart',
      'x-forwarded-client-cert: By=spiffe://public/ns/default/cart;URI=spiffe://public/ns/default/cart',
      `x-dapr-api-token: ${platform['app-api-token']}`,
      'x-http-method-override: PUT',
      'x-original-url: /internal/variants',
    ];
    const bearers = headers.map((header) => ({
      port: portsOf('pricing').daprHttp,
      method: 'GET',
      path: `/v1.0/invoke/catalog/method${path}?skus=${sku}`,
      headers: [sidecarToken, header],
    }));
    const app = `http://127.0.0.1:${portsOf('catalog').app}`;
    const targets = [
      app,
      encodeURIComponent(app),
      'catalog.default',
      'catalog.other',
      'CATALOG',
      'catalog%00',
      'pricing%2f..%2fcatalog',
      'localhost',
      `127.0.0.1:${portsOf('catalog').daprInternal}`,
    ];
    const detours = targets.map((target) => ({
      port: portsOf('pricing').daprHttp,
      method: 'GET',
      path: `/v1.0/invoke/${target}/method${path}?skus=${sku}`,
      headers: [sidecarToken],
    }));
    const byHeader = ['catalog', 'catalog.default', app].map((target) => ({
      port: portsOf('pricing').daprHttp,
      method: 'GET',
      path: `${path}?skus=${sku}`,
      headers: [sidecarToken, `dapr-app-id: ${target}`],
    }));
    expect(await passed([...bearers, ...detours, ...byHeader])).toEqual([]);
  });

  it('another verb than the one in the table is not let through', async () => {
    const verbs = ['POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE', 'LINK'];
    const attempts = verbs.map((method) => ({
      port: portsOf('cart').daprHttp,
      method,
      path: `/v1.0/invoke/catalog/method/internal/variants?skus=${sku}`,
      headers: [sidecarToken],
    }));
    const answers = await Promise.all(attempts.map((attempt) => send(attempt).catch(() => undefined)));
    for (const [i, answer] of answers.entries()) {
      expect([verbs[i], (answer?.status ?? 400) >= 400]).toEqual([verbs[i], true]);
      refused.add(nameOf(attempts[i]!));
    }
  });
});

describe("at an app's own port", () => {
  it("its sidecar's token is asked for, wherever else something like it stands", async () => {
    const { app } = portsOf('catalog');
    const token = platform['app-api-token'];
    const path = `/internal/variants?skus=${sku}`;
    const headers = [
      ['dapr-caller-app-id: cart'],
      ['dapr-caller-app-id: cart', 'dapr-api-token: '],
      ['dapr-caller-app-id: cart', `dapr-api-token: ${platform['dapr-api-token']}`],
      ['dapr-caller-app-id: cart', `dapr-api-token: ${token.slice(0, -1)}`],
      ['dapr-caller-app-id: cart', `dapr-api-token: ${token}x`],
      ['dapr-caller-app-id: cart', `dapr-api-token: x, ${token}`],
      ['dapr-caller-app-id: cart', `dapr-api-token: ${token}`, `dapr-api-token: ${token}`],
      ['dapr-caller-app-id: cart', `authorization: Bearer ${token}`],
      ['dapr-caller-app-id: cart', `cookie: dapr-api-token=${token}`],
      ['dapr-caller-app-id: cart', `x-dapr-api-token: ${token}`],
      ['dapr-caller-app-id: cart', `dapr_api_token: ${token}`],
      ['dapr-caller-app-id: cart', 'x-forwarded-for: 127.0.0.1', 'host: localhost'],
      [appToken, 'dapr-caller-app-id: pricing'],
      [appToken, 'dapr-caller-app-id: '],
      [appToken, 'dapr-caller-app-id: Cart'],
      [appToken, 'dapr-caller-app-id: cart, cart'],
      [appToken, 'dapr-caller-app-id: pricing', 'dapr-caller-app-id: cart'],
      [appToken, 'dapr-caller-app-id: __proto__'],
      [appToken],
    ];
    const attempts = headers.map((one) => ({ port: app, method: 'GET', path, headers: one }));
    const inPath = [
      {
        port: app,
        method: 'GET',
        path: `${path}&dapr-api-token=${token}`,
        headers: ['dapr-caller-app-id: cart'],
      },
    ];
    expect(await passed([...attempts, ...inPath])).toEqual([]);
    const good = await send({
      port: app,
      method: 'GET',
      path,
      headers: [appToken, 'dapr-caller-app-id: cart'],
    });
    expect([good.status, good.body.items.length]).toEqual([200, 1]);
  });

  it.each(serviceNames)('%s: another spelling of what is closed is closed, too', async (service) => {
    const cover = '/internal/x';
    const attempts = spellings('/dapr/subscribe', cover).map((path) => ({
      port: portsOf(service).app,
      method: 'GET',
      path,
    }));
    expect(await passed(attempts)).toEqual([]);
  });
});

describe('through the ingress', () => {
  const port = ports.ingress;

  it('no header makes an outsider a neighbour, or leads to another path than the one that was asked for', async () => {
    const tricks = [
      [appToken, 'dapr-caller-app-id: cart'],
      [sidecarToken, 'dapr-caller-app-id: orders'],
      ['dapr-app-id: catalog'],
      ['x-original-url: /internal/variants'],
      ['x-rewrite-url: /internal/variants'],
      ['x-envoy-original-path: /internal/variants'],
      ['x-forwarded-prefix: /internal'],
      ['x-forwarded-host: 127.0.0.1:14010'],
      ['forwarded: for=127.0.0.1;host=catalog;proto=https'],
      ['x-envoy-internal: true'],
      ['x-envoy-upstream-alt-stat-name: x', 'x-envoy-force-trace: 1'],
      ['x-http-method-override: GET'],
      ['x-forwarded-for: 127.0.0.1'],
      ['x-real-ip: 127.0.0.1'],
      ['connection: close, authorization'],
      ['upgrade: h2c', 'connection: upgrade, http2-settings', 'http2-settings: AAMAAABkAARAAAAAAAIAAAAA'],
    ];
    const paths = [
      `/api/v1/internal/variants?skus=${sku}`,
      '/api/v1/admin/catalog/audit',
      '/api/v1/dapr/subscribe',
    ];
    const attempts = paths.flatMap((path) =>
      tricks.map((headers) => ({ port, method: 'GET', path, headers })),
    );
    expect(await passed(attempts)).toEqual([]);
  });

  it('no absolute URL, authority or verb leads past its routes', async () => {
    const { app } = portsOf('catalog');
    const targets = [
      `http://127.0.0.1:${app}/internal/variants?skus=${sku}`,
      `http://catalog/internal/variants?skus=${sku}`,
      `http://127.0.0.1:${app}/openapi.json`,
      `https://127.0.0.1:${app}/openapi.json`,
      'http://127.0.0.1:19901/config_dump',
      'file:///etc/passwd',
      `127.0.0.1:${app}`,
      '*',
    ];
    const verbs = [
      ['TRACE', '/api/v1/admin/catalog/audit'],
      ['DEBUG', '/api/v1/admin/catalog/audit'],
      ['PROPFIND', '/api/v1/admin/catalog/audit'],
      ['HEAD', '/api/v1/admin/catalog/audit'],
    ] as const;
    const attempts = [
      ...targets.map((path) => ({ port, method: 'GET', path })),
      ...verbs.map(([method, path]) => ({ port, method, path })),
    ];
    expect(await passed(attempts)).toEqual([]);
  });

  it('no tunnel is dug: what is sent into one is never answered', async () => {
    const inside = rawRequest('GET', `/internal/variants?skus=${sku}`, [
      appToken,
      'dapr-caller-app-id: cart',
    ]);
    const tunnel = rawRequest('CONNECT', `127.0.0.1:${portsOf('catalog').app}`) + inside;
    const answer = await sendRaw(tunnel, { timeoutMs: 1_000 }).catch(() => undefined);
    expect(answer?.status ?? 404).toBeGreaterThanOrEqual(400);
    expect(answer?.text ?? '').not.toContain(sku);
  });

  it.each(['/admin/catalog/audit', '/admin/identity/audit', '/internal/jwks', '/payments-sweeper'])(
    'no spelling of %s opens it without a token',
    async (path) => {
      const attempts = spellings(path, '/x').map((spelled) => ({
        port,
        method: path.endsWith('sweeper') ? 'POST' : 'GET',
        path: `/api/v1${spelled}`,
      }));
      const outside = spellings(path, '/api/v1/products').map((spelled) => ({
        port,
        method: path.endsWith('sweeper') ? 'POST' : 'GET',
        path: spelled,
      }));
      expect(await passed([...attempts, ...outside])).toEqual([]);
    },
  );
});

it('of all these attempts at least two hundred were distinct, and each was refused', () => {
  expect(refused.size).toBeGreaterThanOrEqual(200);
});
