/** docs/asyncapi.yaml is as generated, leads nowhere into the void, and its schemas tell our events from others. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EventType, events, heardBy, publishedBy } from '@souk/contracts/events';
import { serviceNames } from '@souk/contracts/ports';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { asyncApi, asyncApiFile, asyncApiYaml } from '../generate/asyncapi.ts';
import { root } from '../platform/paths.ts';

// biome-ignore lint/suspicious/noExplicitAny: a document whose shape is what is tested
const document: any = JSON.parse(JSON.stringify(asyncApi()));
const types = Object.keys(events) as EventType[];

/** Every `$ref` below a value. */
function refsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === '$ref' ? [inner as string] : refsIn(inner),
  );
}

function at(ref: string): unknown {
  return ref
    .slice(2)
    .split('/')
    .reduce((place, step) => place?.[step], document);
}

it(`${asyncApiFile} is as \`npm run generate\` writes it`, () => {
  expect(readFileSync(join(root, asyncApiFile), 'utf8')).toBe(asyncApiYaml());
});

describe('the document', () => {
  it('is AsyncAPI 3.0 whose references lead somewhere, and whose names are lawful', () => {
    expect(document.asyncapi).toBe('3.0.0');
    expect(document.info).toMatchObject({ title: expect.any(String), version: expect.any(String) });
    for (const ref of refsIn(document)) expect([ref, typeof at(ref)]).toEqual([ref, 'object']);
    for (const name of Object.keys(document.components.messages)) expect(name).toMatch(/^[a-zA-Z0-9._-]+$/);
    for (const operation of Object.values<{ action: string; channel: object; messages: object[] }>(
      document.operations,
    )) {
      expect(['send', 'receive']).toContain(operation.action);
      const [channel = ''] = refsIn(operation.channel);
      for (const message of refsIn(operation.messages)) expect(message).toContain(`${channel}/messages/`);
    }
  });

  it('has each topic of the event table, and each service with what it sends and receives', () => {
    const { 'dead-letters': dead, ...channels } = document.channels;
    expect(Object.keys(channels).toSorted()).toEqual(types.toSorted());
    expect(dead.parameters.service.enum).toEqual([...serviceNames]);
    const expected = serviceNames.flatMap((service) => [
      ...publishedBy(service).map((type) => `${service}.send.${type}`),
      ...heardBy(service).map((type) => `${service}.receive.${type}`),
    ]);
    expect(Object.keys(document.operations).toSorted()).toEqual(expected.toSorted());
  });

  it('tells a good event from a bad one, and lets unknown fields pass', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: 'asyncapi', components: document.components });
    const validatorOf = (type: EventType) => {
      const { payload } = document.components.messages[type];
      return ajv.compile(
        JSON.parse(JSON.stringify(payload).replaceAll('"#/components', '"asyncapi#/components')),
      );
    };
    const good = {
      specversion: '1.0',
      id: '01J00000000000000000000001',
      source: 'inventory',
      type: 'stock.changed',
      data: {
        id: '01J00000000000000000000001',
        type: 'stock.changed',
        at: '2026-11-22T12:00:00.000Z',
        subject: 'stock',
        version: 7,
        payload: { levels: [{ sku: 'CUP-1', available: 3, version: 7 }] },
      },
    };
    const isStockChanged = validatorOf('stock.changed');
    const changed = (data: object) => ({ ...good, data: { ...good.data, ...data } });
    expect(isStockChanged(good)).toBe(true);
    const level = { sku: 'CUP-1', available: 3, version: 7, reserved: 1 };
    expect(isStockChanged(changed({ payload: { levels: [level], more: 1 }, news: 1 }))).toBe(true);
    expect(isStockChanged(changed({ type: 'price.changed' }))).toBe(false);
    expect(isStockChanged(changed({ version: 0 }))).toBe(false);
    expect(isStockChanged(changed({ payload: { levels: [{ sku: 'CUP-1' }] } }))).toBe(false);
    for (const type of types) expect(validatorOf(type)({})).toBe(false);
  });
});
