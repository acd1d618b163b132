import joi from 'joi';
import { describe, expect, it } from 'vitest';
import { listOf, pageOf } from '../src/page.ts';
import { isRefusal } from '../src/problem.ts';
import { limitRate, networkOf } from '../src/rate-limit.ts';

describe('a limit', () => {
  it('lets each name come so often, and tells when to come again', async () => {
    const limit = limitRate(2);
    await limit('ann');
    await limit('ann');
    await limit('bob');
    const refused = await limit('ann').catch((error) => error);
    expect(isRefusal(refused, 'too-many-requests')).toBe(true);
    expect(refused.extra.retryAfterSeconds).toBeGreaterThan(0);
    expect(refused.extra.retryAfterSeconds).toBeLessThanOrEqual(60);
  });
});

describe('the network of an address', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:DB8:1:2::9', '2001:db8:1:2'],
    ['2001:0db8::1', '2001:db8:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['::1', '0:0:0:0'],
    ['unknown', 'unknown'],
  ])('%s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});

describe('a page', () => {
  const rows = ['c', 'b', 'a'].map((id) => ({ id }));

  it('ends before the row that tells of another page', () => {
    expect(pageOf(rows, 2, ({ id }) => id)).toEqual({ items: ['c', 'b'], nextCursor: 'b' });
    expect(pageOf(rows, 3, ({ id }) => id)).toEqual({ items: ['c', 'b', 'a'], nextCursor: null });
    expect(pageOf([], 3, () => 1)).toEqual({ items: [], nextCursor: null });
  });

  it('fits its schema', () => {
    const schema = listOf(joi.string());
    expect(schema.validate(pageOf(rows, 2, ({ id }) => id)).error).toBeUndefined();
    expect(schema.validate({ items: [] }).error).toBeDefined();
  });
});
