/** Identity's keys: asked for once, remembered, noticed anew, and kept while identity is away. */
import { exportJWK, generateKeyPair } from 'jose';
import { beforeEach, expect, it } from 'vitest';
import { neighbourKeys } from '../src/neighbour-keys.ts';
import { Refusal } from '../src/problem.ts';

const jwk = async (kid: string) => ({
  ...(await exportJWK((await generateKeyPair('EdDSA')).publicKey)),
  kid,
});
const [first, second] = [await jwk('first'), await jwk('second')];

let published: object[];
let asked: number;
let away: boolean;
let timeMs: number;
const dapr = {
  async invoke<T>() {
    asked += 1;
    if (away) throw new Refusal('unavailable');
    return { keys: published } as T;
  },
};
const keys = () => neighbourKeys(dapr, () => timeMs);

beforeEach(() => {
  published = [first];
  asked = 0;
  away = false;
  timeMs = 1_000_000;
});

it('are asked for once, however many ask', async () => {
  const source = keys();
  const found = await Promise.all(Array.from({ length: 20 }, () => source.find('first')));
  expect(found.every(Boolean)).toBe(true);
  expect(asked).toBe(1);
});

it('are asked for again at a new name, but not at every invented one', async () => {
  const source = keys();
  await source.find('first');
  published = [first, second];
  for (let i = 0; i < 50; i += 1) expect(await source.find(`invented-${i}`)).toBeUndefined();
  expect(asked).toBe(1);
  timeMs += 2_001;
  expect(await source.find('second')).toBeDefined();
  expect(asked).toBe(2);
});

it('are forgotten a minute after they were taken away', async () => {
  const source = keys();
  await source.find('first');
  published = [second];
  timeMs += 59_000;
  expect(await source.find('first')).toBeDefined();
  timeMs += 2_000;
  expect(await source.find('first')).toBeUndefined();
});

it('stay good while identity is away, and unknown ones are not called wrong', async () => {
  const source = keys();
  await source.find('first');
  away = true;
  timeMs += 120_000;
  expect(await source.find('first')).toBeDefined();
  await expect(source.find('second')).rejects.toThrow('unavailable');
});

it('do not make every request wait for an identity that is away', async () => {
  const source = keys();
  await source.find('first');
  away = true;
  timeMs += 120_000;
  for (let i = 0; i < 20; i += 1) expect(await source.find('first')).toBeDefined();
  expect(asked).toBe(2);
  timeMs += 2_000;
  expect(await source.find('first')).toBeDefined();
  expect(asked).toBe(3);
});
