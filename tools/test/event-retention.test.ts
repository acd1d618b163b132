/** What the broker may forget: tried on a Redis of its own, with groups as the sidecars make them. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { freePorts } from '../../packages/kit/test/free-ports.ts';
import { groupsOfTopics } from '../event-retention/program.ts';

let redis: ChildProcess;
let port: number;

const ask = (...words: string[]) =>
  execFileSync('redis-cli', ['-p', `${port}`, ...words], { encoding: 'utf8' }).trim();
const trim = (...groups: string[]) =>
  Number(ask('--eval', join(import.meta.dirname, '../event-retention/trim.lua'), 'topic', ',', ...groups));
const read = (group: string, count: number) =>
  ask('XREADGROUP', 'GROUP', group, 'me', 'COUNT', `${count}`, 'STREAMS', 'topic', '>');
const acknowledge = (group: string, ...ids: string[]) => ask('XACK', 'topic', group, ...ids);
const entries = () => ask('XRANGE', 'topic', '-', '+').match(/^\d+-\d+$/gm) ?? [];

beforeAll(async () => {
  [port] = (await freePorts(1)) as [number];
  const options = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  redis = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'ignore'] });
  await new Promise<void>((resolve) => {
    redis.stdout!.on('data', (text) => /Ready to accept/.test(String(text)) && resolve());
  });
});
afterAll(() => void redis.kill());

beforeEach(() => {
  ask('FLUSHALL');
  for (let i = 1; i <= 5; i += 1) ask('XADD', 'topic', `100-${i}`, 'data', `${i}`);
  for (const group of ['cart', 'orders']) ask('XGROUP', 'CREATE', 'topic', group, '0');
});

it('forgets nothing that a group has not read', () => {
  read('cart', 5);
  acknowledge('cart', '100-1', '100-2', '100-3', '100-4', '100-5');
  expect(trim('cart', 'orders')).toBe(0);
  expect(entries()).toHaveLength(5);
});

it('forgets nothing that a group has read and not applied', () => {
  for (const group of ['cart', 'orders']) read(group, 5);
  acknowledge('cart', '100-1', '100-2', '100-3', '100-4', '100-5');
  acknowledge('orders', '100-1', '100-3', '100-4', '100-5');
  expect(trim('cart', 'orders')).toBe(1);
  expect(entries()).toEqual(['100-2', '100-3', '100-4', '100-5']);
});

it('forgets what all have applied, the last one too', () => {
  for (const group of ['cart', 'orders']) {
    read(group, 5);
    acknowledge(group, '100-1', '100-2', '100-3', '100-4', '100-5');
  }
  expect(trim('cart', 'orders')).toBe(5);
  ask('XADD', 'topic', '100-6', 'data', '6');
  expect(trim('cart', 'orders')).toBe(0);
  expect(read('orders', 5)).toContain('100-6');
});

it('waits for a group that has not come yet', () => {
  for (const group of ['cart', 'orders']) {
    read(group, 5);
    acknowledge(group, '100-1', '100-2', '100-3', '100-4', '100-5');
  }
  expect(trim('cart', 'orders', 'shipping')).toBe(0);
  expect(entries()).toHaveLength(5);
});

it('leaves alone what is no stream, or not there', () => {
  expect(trim('cart')).toBe(0);
  ask('FLUSHALL');
  expect(trim('cart')).toBe(0);
  ask('SET', 'topic', 'text');
  expect(trim('cart')).toBe(0);
});

it('knows every topic that somebody listens to', () => {
  const groups = groupsOfTopics();
  expect(groups['order.confirmed']).toContain('inventory');
  expect(Object.values(groups).every((names) => names.length > 0)).toBe(true);
});
