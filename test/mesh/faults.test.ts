/** What the gateway does about a pod that is ill: asks elsewhere, waits so long and no longer, takes it out, lets it back. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  applied,
  endpointLines,
  type MeshPod,
  onlyPod,
  tmpOf,
  untilMeshIsUp,
  untilPods,
} from '../support/mesh.ts';
import { podObjects } from '../support/pod-objects.ts';
import { eventually, send } from '../support/shop.ts';

/** One more pod of catalog: it does what its file says (a status, or `silent`), and writes each request down. */
const illProgram = `
  const { appendFileSync, readFileSync, writeFileSync } = require('node:fs');
  writeFileSync('/tmp/mode', '200', { mode: 0o666 });
  writeFileSync('/tmp/hits', '');
  require('node:http').createServer((request, response) => {
    if (request.url === '/readyz') return response.end('ready');
    appendFileSync('/tmp/hits', '.');
    const mode = readFileSync('/tmp/mode', 'utf8');
    if (mode === 'silent') return;
    response.writeHead(Number(mode), { 'content-type': 'application/json' }).end('{}');
  }).listen(3000);`;

/** mesh/services/catalog.yaml: looked at every 2 s, out for 15 s. The route: 2 s. */
const ejectedMs = 15_000;
const intervalMs = 2_000;
const routeMs = 2_000;

let ill: MeshPod;
let gateway: MeshPod;
let clear: () => Promise<void>;

beforeAll(async () => {
  await untilMeshIsUp();
  clear = await applied(
    ...podObjects({
      name: 'catalog-ill',
      labels: { app: 'catalog', version: 'ill' },
      program: illProgram,
      account: 'catalog',
    }),
  );
  ill = (await untilPods('version=ill', 1))[0]!;
  gateway = await onlyPod('istio=shop-gateway', 'istio-ingress');
  await eventually(async () => (await known()) && hits() >= 0, 20_000);
});
afterAll(() => clear());

const behave = (mode: string) => writeFileSync(tmpOf(ill, 'mode'), mode);
const hits = () => readFileSync(tmpOf(ill, 'hits'), 'utf8').length;
const read = () => send('GET', '/categories');

/** The lines that the gateway's Envoy has on this endpoint. */
const endpoint = async () =>
  (await endpointLines(gateway, 'outbound|80||catalog.')).filter((line) =>
    line.includes(`::${ill.ip}:3000::`),
  );
const known = async () => (await endpoint()).length > 0;
const ejected = async () => (await endpoint()).some((line) => line.includes('/failed_outlier_check'));
const untilBack = () => eventually(async () => !(await ejected()), ejectedMs + 4 * intervalMs);

/** Reads until the ill pod has been asked this often; answers every status. */
async function readUntilAsked(times: number): Promise<number[]> {
  const before = hits();
  const statuses: number[] = [];
  for (let n = 0; n < 200 && hits() - before < times; n += 1) statuses.push((await read()).status);
  expect(hits() - before).toBeGreaterThanOrEqual(times);
  return statuses;
}

describe('a pod that answers 503', () => {
  it('is not noticed by who reads: the gateway asks another one', async () => {
    behave('503');
    const statuses = await readUntilAsked(3);
    behave('200');
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
  });

  it('is taken out after five, and comes back after fifteen seconds', async () => {
    await untilBack();
    // One good answer, and the count begins anew.
    await readUntilAsked(1);
    behave('503');
    await readUntilAsked(5);
    await eventually(ejected, 2 * intervalMs + 2_000);
    const outSince = Date.now();
    // A pod that has only just come may be told of once more by istiod, and is then new to Envoy; it is out again soon.
    await eventually(async () => {
      const asked = hits();
      for (let n = 0; n < 60; n += 1) expect((await read()).status).toBe(200);
      return hits() === asked && (await ejected());
    }, ejectedMs / 2);
    behave('200');
    await untilBack();
    expect(Date.now() - outSince).toBeGreaterThan(ejectedMs - 2 * intervalMs);
    await readUntilAsked(3);
  });
});

describe('a pod that says nothing', () => {
  it('costs the route’s two seconds and no more, and the answer says so', async () => {
    await untilBack();
    behave('silent');
    const before = hits();
    const timed = async () => {
      const beganMs = performance.now();
      const { status, body } = await read();
      return { status, code: body.code, tookMs: performance.now() - beganMs };
    };
    const answers = await Promise.all(Array.from({ length: 12 }, timed));
    behave('200');
    const late = answers.filter(({ status }) => status !== 200);
    expect(late.length).toBe(hits() - before);
    expect(late.length).toBeGreaterThan(0);
    for (const { status, code, tookMs } of late) {
      expect([status, code]).toEqual([504, 'timeout']);
      expect(Math.abs(tookMs - routeMs)).toBeLessThan(500);
    }
  });
});
