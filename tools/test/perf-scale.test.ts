/** What growing tables are asked for, and how their growth is told. */
import { expect, it } from 'vitest';
import type { Round } from '../../perf/measure.ts';
import { growthOf } from '../../perf/scale/growth.ts';
import { drawOften } from '../../perf/scale/product-requests.ts';

const rounds = (stage: string, name: string, times: number[], errors = 0) =>
  times.map((p95Ms) => ({
    ...({ p50Ms: p95Ms / 2, p95Ms, errors, units: 10, counted: { statements: 20 } } as Round),
    name: `${stage}: ${name}`,
  }));
const kind = { name: 'lists', yardstick: 'bare list of 20', mostGrowth: 1.5 } as const;
const yardstick = (stage: string, p95Ms: number) => rounds(stage, kind.yardstick, [p95Ms]);

it('growth is that of the medians of p95, beside that of the yardstick', () => {
  const small = [...rounds('10k', 'lists', [10, 12, 90]), ...yardstick('10k', 4)];
  const large = [...rounds('100k', 'lists', [18, 15, 1]), ...yardstick('100k', 5)];
  expect(growthOf(kind, [small, large])).toEqual({
    name: 'lists',
    before: { p50Ms: 6, p95Ms: 12, statements: 2 },
    after: { p50Ms: 7.5, p95Ms: 15, statements: 2 },
    growth: 1.25,
    bareGrowth: 1.25,
    missed: [],
  });
});

it('a bar is missed by growth, by a slow begin and by a wrong answer', () => {
  const small = [...rounds('10k', 'lists', [60]), ...yardstick('10k', 4)];
  const large = [...rounds('100k', 'lists', [120], 3), ...yardstick('100k', 4)];
  const { missed } = growthOf({ ...kind, mostMs: 50 }, [small, large]);
  expect(missed).toEqual(['p95 grows 2.00 ×, bar 1.5 ×', 'p95 before above 50 ms', '3 wrong answers']);
});

it('draws are the same each time, and a tenth of the list makes a third of them', () => {
  const list = Array.from({ length: 1_000 }, (_, place) => place);
  const draws = drawOften(list, 20_000);
  expect(draws).toEqual(drawOften(list, 20_000));
  expect(draws.filter((place) => place < 100).length / draws.length).toBeCloseTo(Math.sqrt(0.1), 2);
  expect(new Set(draws).size).toBe(1_000);
});
