/** Components for other stores come from production's own files: what they change, what they leave, what they refuse. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parse } from 'yaml';
import { onOneMachine } from '../ha/addresses.ts';
import { writeLocalComponents } from '../ha/local-components.ts';

const ours = join(import.meta.dirname, '../../components');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'souk-components-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Entry {
  name: string;
  value?: string;
}

function specOf(place: string, name: string): { type: string; values: Map<string, string | undefined> } {
  const { spec } = parse(readFileSync(join(place, `${name}.yaml`), 'utf8')) as {
    spec: { type: string; metadata: Entry[] };
  };
  return { type: spec.type, values: new Map(spec.metadata.map((entry) => [entry.name, entry.value])) };
}

const yamlFiles = (place: string) => readdirSync(place).filter((name) => name.endsWith('.yaml'));

it('leads everything that is on Redis to the Sentinels, and leaves the rest', () => {
  const changed = writeLocalComponents('redis-sentinel', folder);
  expect(changed.toSorted()).toEqual(['brokerstate', 'configstore', 'pubsub', 'statestore']);
  for (const name of changed) {
    const { type, values } = specOf(folder, name);
    expect(type).toBe(specOf(ours, name).type);
    const { redisHost, ...added } = Object.fromEntries(values);
    expect(redisHost).toBe('127.0.0.1:16390,127.0.0.1:16391,127.0.0.1:16392');
    expect(added).toMatchObject({ failover: 'true', sentinelMasterName: 'souk' });
  }
  expect(yamlFiles(folder)).toEqual(yamlFiles(ours));
  expect(readFileSync(join(folder, 'mail.yaml'), 'utf8')).toBe(readFileSync(join(ours, 'mail.yaml'), 'utf8'));
});

it('puts events on Kafka with the same topics and rights', () => {
  expect(writeLocalComponents('kafka', folder)).toEqual(['pubsub']);
  const { type, values } = specOf(folder, 'pubsub');
  expect([type, values.get('brokers')]).toEqual(['pubsub.kafka', '127.0.0.1:19092']);
  for (const name of ['allowedTopics', 'publishingScopes', 'subscriptionScopes']) {
    expect(values.get(name)).toBeDefined();
    expect(values.get(name)).toBe(specOf(ours, 'pubsub').values.get(name));
  }
});

it('refuses an address that it does not know on this machine', () => {
  expect(onOneMachine('server redis-2.souk.internal:6379 check')).toBe('server 127.0.0.1:16382 check');
  expect(() => onOneMachine('redisHost: redis-events.souk.internal:6379')).toThrow('redis-events');
});
