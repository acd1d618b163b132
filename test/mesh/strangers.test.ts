/** Who does not belong: a pod that the call table does not know, one without a proxy, a route that nobody should have made. */
import { randomUUID } from 'node:crypto';
import { serviceNames } from '@souk/contracts/ports';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { network } from '../../tools/mesh/mesh-network.ts';
import { ensureSecrets } from '../../tools/platform/secrets.ts';
import { closeBackRoom, newArticle } from '../support/back-room.ts';
import {
  applied,
  applyFiles,
  cluster,
  curlStatus,
  inPod,
  kubectl,
  type MeshPod,
  onlyPod,
  pods,
  untilMeshIsUp,
  untilPods,
} from '../support/mesh.ts';
import { beginsTls, packetsDuring } from '../support/packets.ts';
import { friendlyProgram, podObjects } from '../support/pod-objects.ts';
import { addressIn, api, eventually, place, readyCart, sendSafely } from '../support/shop.ts';

/** Not registered: the mail catcher's own page. */
const unregistered = `http://${network.outside}:12580/livez`;
const dapr = (name: string, value: string) => [`dapr.io/${name}`, value];
const sidecar = Object.fromEntries([
  ...[dapr('enabled', 'true'), dapr('app-id', 'rogue'), dapr('app-port', '3000'), dapr('config', 'cart')],
  ...[dapr('log-level', 'warn'), dapr('graceful-shutdown-seconds', '2')],
  ...[dapr('app-health-check-path', '/readyz'), dapr('app-health-probe-interval', '1')],
  ...[dapr('app-health-probe-timeout', '900'), dapr('app-health-threshold', '4')],
  ...[dapr('api-token-secret', 'dapr-api-token'), dapr('app-token-secret', 'app-api-token')],
]);

let rogue: MeshPod;
let bare: MeshPod;
let clear: () => Promise<void>;

beforeAll(async () => {
  await untilMeshIsUp();
  clear = await applied(
    ...podObjects({
      name: 'rogue',
      labels: { app: 'rogue' },
      annotations: sidecar,
      program: friendlyProgram,
    }),
    ...podObjects({
      name: 'bare',
      labels: { app: 'bare', 'sidecar.istio.io/inject': 'false' },
      program: friendlyProgram,
    }),
  );
  [rogue, bare] = (await Promise.all([untilPods('app=rogue', 1), untilPods('app=bare', 1)])).flat() as [
    MeshPod,
    MeshPod,
  ];
});
afterAll(async () => {
  await clear();
  await closeBackRoom();
});

describe('a pod with a certificate but no edge', () => {
  it.each(serviceNames)('cannot invoke %s by its Dapr sidecar', async (service) => {
    const url = `http://127.0.0.1:3500/v1.0/invoke/${service}/method/livez`;
    const token = `dapr-api-token: ${ensureSecrets().platform['dapr-api-token']}`;
    const { stdout } = await inPod(rogue, 'curl', '-s', '-m', '10', '-w', ' %{http_code}', '-H', token, url);
    expect(stdout).toMatch(/RBAC: access denied.* 403$/s);
  });

  it.each(serviceNames)('is told by %s that there is nothing', async (service) => {
    const { stdout } = await inPod(
      rogue,
      'curl',
      '-s',
      '-m',
      '10',
      `http://${service}.shop.svc.cluster.local/livez`,
    );
    expect(JSON.parse(stdout)).toMatchObject({ status: 404, code: 'not-found' });
  });

  it('cannot leave the mesh for an address that is not registered', async () => {
    expect(await curlStatus(bare, unregistered)).toBe('200');
    expect(await curlStatus(rogue, unregistered)).not.toBe('200');
    expect(await curlStatus(await onlyPod('app=orders'), unregistered)).not.toBe('200');
  });
});

describe('a pod without a proxy', () => {
  it.each(serviceNames)('gets no answer in plaintext on any port of %s', async (service) => {
    const { ip } = await onlyPod(`app=${service}`);
    for (const port of [3_000, 3_500, 3_501, 9_090, 50_001, 50_002])
      expect([port, await curlStatus(bare, `http://${ip}:${port}/readyz`)]).toEqual([port, '000']);
    // The pod can be reached at all: pilot-agent's own health is not behind the proxy.
    expect(await curlStatus(bare, `http://${ip}:15021/healthz/ready`)).toBe('200');
  });
});

describe('a route at the gateway that leads to a sidecar', () => {
  const grpc = ['-X', 'POST', '-H', 'content-type: application/grpc', '-H', 'te: trailers'];
  const path = '/dapr.proto.internals.v1.ServiceInvocation/CallLocal';
  const grpcStatus = async () => {
    const { origin } = new URL(api);
    const { stdout } = await inGateway(
      ['curl', '-s', '-m', '5', '--http2', '-D', '-', '-o', '/dev/null', ...grpc],
      origin,
    );
    return /^grpc-(?:status: (\d+))/m.exec(stdout)?.[1];
  };
  const inGateway = async (curl: string[], origin: string) => {
    const { captured } = await import('../../tools/mesh/captured.ts');
    const authority = ['--cacert', process.env.NODE_EXTRA_CA_CERTS!];
    return captured([...curl, ...authority, '--data-binary', '@-', origin + path], {
      limitMs: 20_000,
      input: '\0\0\0\0\0',
    });
  };

  afterAll(() => applyFiles('mesh/gateway/routes.yaml'));

  it('is refused by the pod; only a policy, too, would let it in', async () => {
    const destination = { host: 'inventory.shop.svc.cluster.local', port: { number: 50_002 } };
    const value = { name: 'mistake', match: [{ uri: { prefix: '/dapr.proto' } }], route: [{ destination }] };
    const patch = JSON.stringify([{ op: 'add', path: '/spec/http/0', value }]);
    await kubectl('-n', 'shop', 'patch', 'virtualservice', 'edge', '--type=json', '-p', patch);
    await eventually(async () => (await grpcStatus()) === '7', 20_000);
    const away = await applied({
      apiVersion: 'security.istio.io/v1',
      kind: 'AuthorizationPolicy',
      metadata: { name: 'mistake', namespace: 'shop' },
      spec: {
        selector: { matchLabels: { app: 'inventory' } },
        action: 'ALLOW',
        rules: [
          {
            from: [{ source: { principals: ['cluster.local/ns/istio-ingress/sa/shop-gateway'] } }],
            to: [{ operation: { ports: ['50002'] } }],
          },
        ],
      },
    });
    await eventually(async () => ![undefined, '7'].includes(await grpcStatus()), 20_000);
    await away();
    await eventually(async () => (await grpcStatus()) === '7', 20_000);
  });
});

describe('the cable between pods', () => {
  it('carries TLS alone, while towards the stores the same words can be read', async () => {
    const { sku } = await newArticle({ stock: 5 });
    const marker = `Marktgasse ${randomUUID()}`;
    const cart = await onlyPod('app=cart');
    const packets = await packetsDuring(cart, async () => {
      const ready = await readyCart({ lines: [{ sku, quantity: 1 }] });
      const body = {
        email: ready.email,
        address: { ...addressIn('DE'), line1: marker },
        shippingMethod: 'standard',
      };
      const headers = { 'cart-token': ready.token };
      const { status } = await sendSafely('PUT', `/carts/${ready.id}/delivery`, { headers, body });
      expect(status).toBe(200);
      const { body: quote } = await sendSafely('GET', `/carts/${ready.id}/quote`, { headers });
      expect((await place({ ...ready, quote })).status).toBe(201);
    });
    const addresses = new Set(
      [...(await pods('app')), ...(await pods('app', 'istio-ingress'))].map(({ ip }) => ip),
    );
    const between = packets.filter(({ from, to }) => addresses.has(from) && addresses.has(to));
    const outside = packets.filter(({ to }) => to === network.outside);
    expect(outside.some(({ payload }) => payload.includes(marker))).toBe(true);
    expect(between.length).toBeGreaterThan(10);
    expect(between.filter(({ payload }) => payload.includes(marker) || payload.includes('HTTP/1.1'))).toEqual(
      [],
    );
    // A record may be longer than a packet; then what follows is only its rest.
    const flows = Map.groupBy(between, ({ flow }) => flow);
    expect([...flows].filter(([, own]) => !own.some(beginsTls)).map(([flow]) => flow)).toEqual([]);
    expect(between.filter(beginsTls).length).toBeGreaterThan(between.length / 2);
  });
});

it('the cluster holds nothing of these tests any more than they last', async () => {
  expect((await cluster.kubectl(['get', 'authorizationpolicy', '-n', 'shop', 'mistake'])).ok).toBe(false);
});
