/** Dapr's files against the tables of packages/contracts: generated ones are as generated, written ones agree. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ports, portsOf, serviceNames } from '@souk/contracts/ports';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { daprFiles } from '../generate/dapr.ts';
import { readTemplate } from '../runner/template.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const components = readdirSync(join(root, 'components')).filter((name) => name.endsWith('.yaml'));

test.each(Object.entries(daprFiles()))('%s is as `npm run generate` writes it', (path, text) => {
  expect(read(path)).toBe(text);
});

describe.each(components)('components/%s', (name) => {
  const document = parse(read(`components/${name}`));

  test('names the apps that may use it, each of them a service', () => {
    expect(document.scopes.length).toBeGreaterThan(0);
    expect(serviceNames).toEqual(expect.arrayContaining(document.scopes));
  });

  test('is named as its file and holds no secret', () => {
    expect(`${document.metadata.name}.yaml`).toBe(name);
    for (const { name: key, value } of document.spec.metadata ?? []) {
      if (/password|secretkey/i.test(key)) expect(value).toBeUndefined();
    }
  });

  test('speaks to ports of the port table only', () => {
    const values = (document.spec.metadata ?? []).map(({ value }: { value?: string }) => value ?? '');
    const named = values.flatMap((value: string) =>
      [...value.matchAll(/127\.0\.0\.1:(\d+)/g)].map(([, port]) => port),
    );
    for (const port of named) expect(Object.values(ports)).toContain(Number(port));
    if (name === 'mail.yaml') expect(values).toContain(String(ports.smtp));
  });
});

test('dapr.yaml starts each service on the ports of the port table', () => {
  const apps = readTemplate(join(root, 'dapr.yaml'));
  expect(apps.map(({ appId }) => appId)).toEqual([...serviceNames]);
  for (const app of apps) expect(app.ports).toEqual(portsOf(app.appId as (typeof serviceNames)[number]));
});

test("an event's retries end before the broker gives it to somebody else", () => {
  const { spec } = parse(read('components/resiliency.yaml'));
  const { maxRetries, maxInterval } = spec.policies.retries.redelivery;
  // daprd's exponential policy: from 0.5 s, each 1.5 times the last, ± half.
  const waits = Array.from({ length: maxRetries }, (_, i) =>
    Math.min(0.5 * 1.5 ** i, Number.parseInt(maxInterval, 10)),
  );
  const longestSeconds = waits.reduce((sum, seconds) => sum + seconds * 1.5, 0);
  const pubsub = parse(read('components/pubsub.yaml')).spec.metadata as { name: string; value: string }[];
  const timeoutMs = Number(pubsub.find(({ name }) => name === 'processingTimeout')?.value);
  expect(longestSeconds * 1_000).toBeLessThan(timeoutMs);
});
