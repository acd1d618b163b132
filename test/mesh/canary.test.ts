/** A canary takes its share, at the gateway and between sidecars alike, and is gone when mesh/ is applied again. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { canaryPatches } from '../../tools/generate/mesh-traffic.ts';
import { build } from '../../tools/mesh/cluster.ts';
import { ensureSecrets } from '../../tools/platform/secrets.ts';
import {
  applied,
  applyFiles,
  onlyPod,
  programInPod,
  requestsTo,
  untilMeshIsUp,
  untilPods,
} from '../support/mesh.ts';
import { eventually, type Json, send } from '../support/shop.ts';

const requests = 1_000;
const percent = 10;
/** Three standard deviations of a draw of 1,000 with one in ten. */
const bound = 3 * Math.sqrt(requests * (percent / 100) * (1 - percent / 100));
const settleMs = 60_000;

/** The Deployment of deploy/local under another name, with pods of another version. */
async function canaryDeployment(service: string): Promise<Json> {
  const documents = parseAllDocuments(await build('deploy/local')).map((document) => document.toJS());
  const found = documents.find((one) => one?.kind === 'Deployment' && one.metadata.name === service);
  const copy = structuredClone(found);
  const labels = { app: service, version: 'canary' };
  copy.metadata.name = `${service}-canary`;
  copy.spec.selector.matchLabels = labels;
  copy.spec.template.metadata.labels = labels;
  return copy;
}

let clear: (() => Promise<void>)[] = [];

beforeAll(async () => {
  await untilMeshIsUp();
  for (const service of ['orders', 'pricing']) clear.push(await applied(await canaryDeployment(service)));
  for (const service of ['orders', 'pricing']) await untilPods(`app=${service},version=canary`, 1);
});
afterAll(async () => {
  await applyFiles('mesh/gateway/routes.yaml', 'mesh/services/orders.yaml', 'mesh/services/pricing.yaml');
  for (const away of clear) await away();
  clear = [];
});

interface Share {
  stable: number;
  canary: number;
}

/** Requests that a proxy has sent to each subset of a service. */
async function sentTo(pod: { name: string }, port: number, service: string): Promise<Share> {
  const [stable, canary] = await Promise.all(
    ['stable', 'canary'].map((subset) => requestsTo(pod, `outbound|${port}|${subset}|${service}.`)),
  );
  return { stable: stable!, canary: canary! };
}

async function shareDuring(ask: () => Promise<Share>, work: () => Promise<void>) {
  const before = await ask();
  await work();
  const after = await ask();
  return { stable: after.stable - before.stable, canary: after.canary - before.canary };
}

describe('at the gateway', () => {
  it('orders’ canary gets one request in ten, and every request that asks for it', async () => {
    const gateway = await onlyPod('istio=shop-gateway', 'istio-ingress');
    await applyFiles(
      ...['destination-rule', 'virtual-service', 'edge'].map((name) => `mesh/samples/canary/${name}.yaml`),
    );
    const canaryAsked = { 'x-canary': 'true' };
    const ask = (headers: Record<string, string> = {}) =>
      send('GET', '/orders/01ARZ3NDEKTSV4RRFFQ69G5FAV', { headers });
    const sent = () => sentTo(gateway, 80, 'orders');
    await eventually(async () => {
      const { canary } = await shareDuring(sent, async () => void (await ask(canaryAsked)));
      return canary === 1;
    }, settleMs);
    let left = requests;
    const share = await shareDuring(sent, async () => {
      const worker = async () => {
        while (left > 0) {
          left -= 1;
          expect((await ask()).status).toBe(404);
        }
      };
      await Promise.all(Array.from({ length: 8 }, worker));
    });
    expect(share.stable + share.canary).toBe(requests);
    expect(Math.abs(share.canary - requests / percent)).toBeLessThanOrEqual(bound);
    const asked = await shareDuring(sent, async () => {
      for (let n = 0; n < 50; n += 1) await ask(canaryAsked);
    });
    expect(asked).toEqual({ stable: 0, canary: 50 });
  });
});

describe('between sidecars', () => {
  it('pricing’s canary gets one invocation in ten of those by cart’s Dapr sidecar', async () => {
    const { 'virtual-service.yaml': route, 'destination-rule.yaml': rule } = canaryPatches(
      'pricing',
      percent,
    );
    const cart = await onlyPod('app=cart');
    await applied(rule!, route!);
    const sent = () => sentTo(cart, 50_002, 'pricing');
    const invoke = (times: number) =>
      programInPod(cart, 'invoke-often.ts', {
        path: 'pricing/method/internal/quotes',
        times,
        token: ensureSecrets().platform['dapr-api-token'],
      });
    await eventually(async () => {
      const share = await shareDuring(sent, () => invoke(40));
      return share.stable + share.canary === 40 && share.canary > 0;
    }, settleMs);
    let statuses: Json;
    const share = await shareDuring(sent, async () => {
      statuses = await invoke(requests);
    });
    // An empty wish is none: the app itself answered.
    expect(statuses).toEqual({ 400: requests });
    expect(share.stable + share.canary).toBe(requests);
    expect(Math.abs(share.canary - requests / percent)).toBeLessThanOrEqual(bound);
  });
});

describe('the way back', () => {
  it('is mesh/ as it is: nothing goes to the canary any more', async () => {
    await applyFiles('mesh/gateway/routes.yaml', 'mesh/services/orders.yaml', 'mesh/services/pricing.yaml');
    for (const away of clear) await away();
    clear = [];
    await untilPods('app=orders', 1);
    await untilPods('app=pricing', 1);
    for (let n = 0; n < 100; n += 1)
      expect((await send('GET', '/orders/01ARZ3NDEKTSV4RRFFQ69G5FAV')).status).toBe(404);
  });
});
