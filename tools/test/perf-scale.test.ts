/** What the growth measurements make of their rounds, and that they ask for the same at both sizes. */
import { expect, it } from 'vitest';
import type { Round } from '../../perf/measure.ts';
import { growthOf } from '../../perf/scale/growth.ts';
import { quantile } from '../../perf/scale/quantile.ts';
import { drawOften, spread } from '../../perf/scale/requests.ts';

const round = (name: string, p95Ms: number, errors = 0) =>
  ({
    ...{ name, p95Ms, errors, units: 10, perSecond: 5, p50Ms: p95Ms / 2 },
    cpuMsPerUnitByProcess: { mariadb: 1 },
  }) as unknown as Round;

it('a p95 that grows by more than its bar is missed, one that grows by less is kept', () => {
  const small = [round('few: list', 10), round('few: list', 12), round('few: other', 1)];
  const grownTo = (p95Ms: number) =>
    growthOf({ name: 'list', small, large: [round('many: list', p95Ms)], mostGrowth: 1.5 });
  expect(grownTo(16)).toMatchObject({ before: { p95Ms: 11 }, after: { p95Ms: 16 }, missed: [] });
  expect(grownTo(17).missed).toEqual(['p95 grows 1.55 ×, more than 1.5 ×']);
});

it('a p95 that is long at first is missed, and so is one wrong answer', () => {
  const small = [round('few: search', 60)];
  const large = [round('many: search', 60, 1)];
  const { missed } = growthOf({ name: 'search', small, large, mostGrowth: 1.5, p95MsAtFirst: 50 });
  expect(missed).toEqual(['p95 is 60 ms before it grows, more than 50 ms', '1 wrong answers']);
});

it('rounds that measured nothing miss the bar', () => {
  const { missed } = growthOf({ name: 'list', small: [], large: [], mostGrowth: 1.5 });
  expect(missed).toHaveLength(1);
});

it('the quantile is a value that was seen', () => {
  const hundred = Array.from({ length: 100 }, (_, n) => 100 - n);
  expect([quantile(hundred, 0.5), quantile(hundred, 0.95), quantile(hundred, 1)]).toEqual([50, 95, 100]);
  expect(quantile([], 0.95)).toBe(0);
});

it('draws are the same each time: all of the list, the first tenth of it for a third of them', () => {
  const list = Array.from({ length: 400 }, (_, n) => n);
  const drawn = drawOften(list);
  expect(drawn).toEqual(drawOften(list));
  expect(new Set(drawn).size).toBe(400);
  const ofFirstTenth = drawn.filter((n) => n < 40).length / drawn.length;
  expect(ofFirstTenth).toBeGreaterThan(0.3);
  expect(ofFirstTenth).toBeLessThan(0.35);
  expect(spread(list, 4)).toEqual([0, 100, 200, 300]);
});
