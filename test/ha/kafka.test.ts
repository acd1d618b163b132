/** That the journeys beside this file really went by Kafka: what the sidecars loaded, and where the events lie. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { heardBy } from '@souk/contracts/events';
import { ports, portsOf, serviceNames } from '@souk/contracts/ports';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensureSecrets } from '../../tools/platform/secrets.ts';
import { beginExperiment } from '../chaos/experiment.ts';
import { closeBackRoom, untilShopIsUp } from '../support/back-room.ts';

beforeAll(() => untilShopIsUp());
afterAll(() => closeBackRoom());

async function brokerTypeOf(daprHttp: number): Promise<string | undefined> {
  const response = await fetch(`http://127.0.0.1:${daprHttp}/v1.0/metadata`, {
    headers: { 'dapr-api-token': ensureSecrets().platform['dapr-api-token'] },
    signal: AbortSignal.timeout(5_000),
  });
  const { components } = (await response.json()) as { components: { name: string; type: string }[] };
  return components.find(({ name }) => name === 'pubsub')?.type;
}

async function redis(...words: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(
    'redis-cli',
    ['-p', `${ports.redis}`, '--no-auth-warning', '-e', ...words],
    { env: { ...process.env, REDISCLI_AUTH: ensureSecrets().served['redis-password'] }, timeout: 5_000 },
  );
  return stdout.trim();
}

it('every sidecar has Kafka as its broker', async () => {
  const listeners = serviceNames.filter((service) => heardBy(service).length > 0);
  for (const service of listeners) expect(await brokerTypeOf(portsOf(service).daprHttp)).toBe('pubsub.kafka');
});

it('orders are confirmed, mailed once and sold from the shelf by events that never lay in Redis', async () => {
  const experiment = await beginExperiment(20);
  for (let i = 0; i < 10; i += 1) {
    const { status } = await experiment.buy(await experiment.cart());
    expect([201, 202]).toContain(status);
  }
  const facts = await experiment.conclude();
  expect(facts.orders.map(({ state }) => state)).toEqual(Array.from({ length: 10 }, () => 'confirmed'));
  expect(await redis('--scan', '--type', 'stream')).toBe('');
});
