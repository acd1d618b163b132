/** That the journeys beside this file really went by Kafka: what the sidecars loaded, and where the events lie. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { events, heardBy } from '@souk/contracts/events';
import { ports, portsOf, serviceNames } from '@souk/contracts/ports';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { layOutFlags } from '../../tools/platform/flag.ts';
import { ensureSecrets } from '../../tools/platform/secrets.ts';
import { command } from '../../tools/runner/control.ts';
import { beginExperiment, type Experiment } from '../chaos/experiment.ts';
import { emptyRedis } from '../chaos/redis.ts';
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

/** What is answered 202 is confirmed later; how it ends is judged at the end. */
async function buyMany(experiment: Experiment, count: number): Promise<void> {
  for (let i = 0; i < count; i += 1)
    expect([201, 202]).toContain((await experiment.buy(await experiment.cart())).status);
}

const allConfirmed = (count: number) => Array.from({ length: count }, () => 'confirmed');

it('orders are confirmed, mailed once and sold from the shelf by events that never lay in Redis', async () => {
  const experiment = await beginExperiment(20);
  await buyMany(experiment, 5);
  const facts = await experiment.conclude();
  expect(facts.orders.map(({ state }) => state)).toEqual(allConfirmed(5));
  for (const topic of Object.keys(events))
    expect([topic, await redis('TYPE', topic)]).toEqual([topic, 'none']);
});

it('orders go on while Kafka is away, and their events follow when it is back', async () => {
  const experiment = await beginExperiment(20);
  await command('kill', 'kafka');
  await buyMany(experiment, 3);
  await command('start', 'kafka');
  const facts = await experiment.conclude({ withinMs: 90_000 });
  expect(facts.orders.map(({ state }) => state)).toEqual(allConfirmed(3));
});

it('a Redis that forgets the marks of the relays makes them send again, and nothing happens twice', async () => {
  const experiment = await beginExperiment(20);
  await buyMany(experiment, 3);
  await emptyRedis();
  await layOutFlags();
  await buyMany(experiment, 3);
  const facts = await experiment.conclude({ withinMs: 60_000 });
  expect(facts.orders.map(({ state }) => state)).toEqual(allConfirmed(6));
});
