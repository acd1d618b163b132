import { expect, test } from 'vitest';
import { endsInARow, restartDelayMs } from '../runner/back-off.ts';

test('the first end restarts at once, later ones wait twice as long each, up to five seconds', () => {
  const delays = [1, 2, 3, 4, 5, 6, 7, 1_000].map(restartDelayMs);
  expect(delays).toEqual([0, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
});

test('thirty seconds of running make the next end the first again', () => {
  expect(endsInARow(6, 29_999)).toBe(7);
  expect(endsInARow(6, 30_000)).toBe(1);
});
