/** One figure that stands for many. */
import { expect, it } from 'vitest';
import { quantile } from '../../perf/quantile.ts';

it('a quantile is the smallest value that so many do not exceed', () => {
  const values = Array.from({ length: 100 }, (_, place) => 100 - place);
  expect([0, 0.5, 0.95, 1].map((share) => quantile(values, share))).toEqual([1, 50, 95, 100]);
  expect(quantile([], 0.5)).toBe(0);
});
