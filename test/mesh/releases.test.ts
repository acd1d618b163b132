/** Pods come and go while people buy: killed, drained, replaced by the next release; no order fails, no planned change is noticed. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { closeBackRoom, newArticle } from '../support/back-room.ts';
import { kubectl, pods, processesOf, untilMeshIsUp, untilPods } from '../support/mesh.ts';
import { eventually, orderIn, placing, readyCart, send, sendSafely } from '../support/shop.ts';

const buyers = 1;
const releaseLimitMs = 150_000;
let sku: string;

beforeAll(async () => {
  await untilMeshIsUp();
  ({ sku } = await newArticle({ stock: 100_000 }));
});
afterAll(async () => {
  await kubectl('-n', 'shop', 'scale', 'deployment/orders', '--replicas=1');
  await untilPods('app=orders', 1);
  await closeBackRoom();
});

interface Load {
  /** Each request that failed, in words; a careful client sends it again. */
  failures: string[];
  orders: { id: string; token: string }[];
}

/** Guests who buy one thing after the other while `work` runs. */
async function whileSelling(work: () => Promise<unknown>): Promise<Load> {
  const load: Load = { failures: [], orders: [] };
  let going = true;
  const guest = async () => {
    while (going) load.orders.push(await buyOne(load));
  };
  const guests = Promise.all(Array.from({ length: buyers }, guest));
  await work().finally(() => {
    going = false;
  });
  await guests;
  return load;
}

async function buyOne(load: Load): Promise<{ id: string; token: string }> {
  const cart = await readyCart({ lines: [{ sku, quantity: 1 }] });
  const sending = placing(cart, { key: randomUUID() });
  const first = await send('POST', '/orders', sending).catch((error: Error) => error);
  if (first instanceof Error || first.status >= 500)
    load.failures.push(first instanceof Error ? first.message : `POST /orders: ${first.status}`);
  // The same key: whatever became of the first try, it is one order.
  const { status, body } = await sendSafely('POST', '/orders', sending);
  expect([201, 202]).toContain(status);
  const read = await send('GET', `/orders/${body.id}`, { headers: { 'order-token': body.token } }).catch(
    (error: Error) => error,
  );
  if (read instanceof Error || read.status >= 500)
    load.failures.push(read instanceof Error ? read.message : `GET /orders: ${read.status}`);
  return { id: body.id, token: body.token };
}

async function expectAllConfirmed({ orders }: Load): Promise<void> {
  expect(orders.length).toBeGreaterThanOrEqual(buyers);
  for (const order of orders) await orderIn(order, 'confirmed', 60_000);
}

it('a pod that is killed with all its processes costs no order', async () => {
  await kubectl('-n', 'shop', 'scale', 'deployment/orders', '--replicas=2');
  const [victim] = await untilPods('app=orders', 2);
  const load = await whileSelling(async () => {
    for (const pid of Object.values(processesOf(victim!))) process.kill(pid, 'SIGKILL');
    await eventually(async () => (await pods('app=orders')).some(({ ready }) => !ready), 20_000);
    await untilPods('app=orders', 2);
  });
  await expectAllConfirmed(load);
});

it('a pod that is drained costs no request', async () => {
  await untilPods('app=orders', 2);
  const load = await whileSelling(async () => {
    const [leaving] = await pods('app=orders');
    await kubectl('-n', 'shop', 'delete', 'pod', leaving!.name, '--timeout=90s');
    await untilPods('app=orders', 2);
  });
  expect(load.failures).toEqual([]);
  await expectAllConfirmed(load);
});

it(
  'a release costs no request: each pod is replaced by a new one',
  async () => {
    const before = await untilPods('app=orders', 2);
    const load = await whileSelling(async () => {
      await kubectl('-n', 'shop', 'rollout', 'restart', 'deployment/orders');
      await kubectl('-n', 'shop', 'rollout', 'status', 'deployment/orders', '--timeout=110s');
      const after = await untilPods('app=orders', 2);
      expect(after.filter(({ uid }) => before.some((old) => old.uid === uid))).toEqual([]);
    });
    expect(load.failures).toEqual([]);
    await expectAllConfirmed(load);
  },
  releaseLimitMs + 120_000,
);

it('a release that never gets ready is taken back without a failed request', async () => {
  const before = await untilPods('app=orders', 2);
  const load = await whileSelling(async () => {
    const wrong = { name: 'app', env: [{ name: 'APP_PORT', value: 'none' }] };
    const patch = JSON.stringify({ spec: { template: { spec: { containers: [wrong] } } } });
    await kubectl('-n', 'shop', 'patch', 'deployment', 'orders', '-p', patch);
    await eventually(async () => (await pods('app=orders')).some(({ ready }) => !ready), 30_000);
    await kubectl('-n', 'shop', 'rollout', 'undo', 'deployment/orders');
    await kubectl('-n', 'shop', 'rollout', 'status', 'deployment/orders', '--timeout=90s');
    await untilPods('app=orders', 2);
  });
  expect(load.failures).toEqual([]);
  const after = (await pods('app=orders')).map(({ uid }) => uid).toSorted();
  expect(after).toEqual(before.map(({ uid }) => uid).toSorted());
});
