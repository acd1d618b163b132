/** What the measuring code makes of what it reads: medians, slopes, thresholds, regressions, plots. */
import { expect, it } from 'vitest';
import { heavier, leastSigma, noiseOf, type Ranges, rangesOf, regressions } from '../../perf/baseline.ts';
import { costOf } from '../../perf/checkout-cost.ts';
import { missedIn } from '../../perf/k6.ts';
import type { Round } from '../../perf/measure.ts';
import { drawBars, drawLines, short } from '../../perf/plot.ts';
import { median, table } from '../../perf/report.ts';
import { judgeMemory, slopeOf } from '../../perf/soak.ts';
import { asLoad, chosenSuites } from '../../perf/suites.ts';

it('a suite that does not exist is refused, with the names of those that do', () => {
  expect(() => chosenSuites('chekout')).toThrow(/no suite chekout; there are smoke, browse, checkout/);
  expect(chosenSuites('smoke,bare').suites.map(({ name }) => name)).toEqual(['smoke']);
  expect(chosenSuites('smoke,bare')).toMatchObject({ bare: true, gate: false });
  expect(chosenSuites(undefined).suites.length).toBeGreaterThanOrEqual(9);
});

it('a threshold that did not hold is named', () => {
  const metrics = {
    wrong: {
      type: 'rate' as const,
      values: { rate: 0.1, passes: 3 },
      thresholds: { 'rate==0': { ok: false } },
    },
    units: { type: 'counter' as const, values: { count: 30 }, thresholds: { 'count>=1': { ok: true } } },
  };
  expect(missedIn(metrics)).toEqual(['wrong: rate==0']);
  expect(asLoad({ metrics, missed: ['wrong: rate==0'], seconds: 10 })).toMatchObject({
    units: 30,
    errors: 3,
  });
});

/** A look every minute, with so many MiB each. */
const looksAt = (name: string, mebibytes: number[]) =>
  mebibytes.map((held, minute) => ({ atMs: minute * 60_000, memory: { [name]: held * 2 ** 20 } }));

it('what grows for three minutes and then stands still keeps the promise; what goes on does not', () => {
  expect(judgeMemory(looksAt('cart', [80, 90, 100, 110, 110, 110, 110])).missed).toEqual([]);
  const { missed, details } = judgeMemory(looksAt('cart', [80, 80, 80, 80, 82, 84, 86]));
  expect(missed).toEqual(['cart grows 2.0 MiB a minute']);
  expect(details['MiB a minute cart']).toBeCloseTo(2);
});

it('of a Node process counts what it holds after a collection, not what waits for one', () => {
  const looks = looksAt('cart', [80, 80, 80, 80, 85, 90, 95]);
  const after = (held: number[]) =>
    held.map((bytes, minute) => ({ cart: { atMs: minute * 60_000, bytes: bytes * 2 ** 20 } }));
  expect(judgeMemory(looks, after([70, 70.5])).missed).toEqual([]);
  expect(judgeMemory(looks, after([70, 73])).missed).toEqual(['cart grows 3.0 MiB a minute']);
});

it('a database that has had more than it may at any look misses the promise', () => {
  expect(judgeMemory(looksAt('mariadb', [299, 299, 299, 299, 299, 299])).missed).toEqual([]);
  const { missed, details } = judgeMemory(looksAt('mariadb', [250, 310, 250, 250, 250, 250]));
  expect(missed).toEqual(['mariadb has 310 MiB, more than 300']);
  expect(details['most MiB mariadb']).toBe(310);
});

it('memory that grows by one MiB in ten seconds has a slope of six MiB a minute, noise or not', () => {
  const points = [0, 10, 20, 30].map((second) => [second * 1_000, (second / 10) * 2 ** 20] as const);
  expect(slopeOf(points)).toBeCloseTo(6);
  expect(slopeOf([[0, 1_000]])).toBe(0);
});

it('a request that costs a hop more than the baseline fails the gate; one that costs less does not', () => {
  const cost = { hops: 1, statements: 3, bytes: 1_000 };
  const baseline: Ranges = rangesOf({ 'GET /x': [cost, { ...cost, statements: 4 }] });
  expect(baseline['GET /x']).toEqual({ hops: [1, 1], statements: [3, 4], bytes: [1_000, 1_000] });
  expect(regressions({ 'GET /x': [{ hops: 0, statements: 4, bytes: 1_015 }] }, baseline)).toEqual([]);
  expect(regressions({ 'GET /x': [{ hops: 2, statements: 5, bytes: 1_021 }] }, baseline)).toEqual([
    'GET /x: 2 hops, the baseline has 1',
    'GET /x: 5 statements, the baseline has 4',
    'GET /x: 1021 bytes, the baseline has 1000',
  ]);
  expect(regressions({ 'GET /new': [cost] }, baseline)).toEqual(['GET /new is not in the baseline']);
});

it('a limit lies three standard deviations above what was seen, and 20 kB more in a request of 100 kB exceed it', () => {
  const seen = [98_000, 102_000, 100_000, 98_000, 102_000];
  expect(noiseOf(seen, leastSigma.allocated)).toEqual({ mean: 100_000, sigma: 2_000, limit: 109_000 });
  expect(noiseOf([100, 100, 100], leastSigma.checkout).limit).toBeCloseTo(139);
  const now = (bytes: number) => ({
    'GET /x': { bytes, largest: [{ at: 'readX src/x.ts:7', bytes: 21_000 }] },
  });
  expect(heavier(now(109_000), { 'GET /x': seen })).toEqual([]);
  expect(heavier(now(120_000), { 'GET /x': seen })).toEqual([
    'GET /x: 120.0 kB allocated, the baseline has 100.0 kB ± 2.0 kB and allows 109.0 kB; most by readX src/x.ts:7 21.0 kB',
  ]);
  expect(heavier(now(1), {})).toEqual(['GET /x is not in the baseline']);
});

it('what the machine slows the bare transaction down is taken from a checkout, to the power of three quarters; disturbed pairs do not count', () => {
  const pair = (checkoutMs: number, bareMs: number, taken: number) => ({ checkoutMs, bareMs, taken });
  const quick = pair(100, 1, 0.1);
  const slow = pair(800, 16, 0.2);
  expect(costOf([quick, slow, pair(300, 1, 0.4)])).toMatchObject({ ms: 100, ratio: 75 });
  expect(costOf([pair(130, 1, 0.5), pair(110, 1, 0.4)]).ms).toBe(120);
});

const round = (perSecond: number): Round => ({
  name: 'checkout',
  side: 'shop',
  at: '2026-01-01T00:00:00Z',
  units: 100,
  errors: 0,
  seconds: 10,
  perSecond,
  p50Ms: 100,
  p95Ms: 200,
  p99Ms: 300,
  missed: [],
  details: {},
  cpuMsPerUnit: 30,
  cpuMsPerUnitByProcess: {},
  measuredSeconds: 10,
  generatorCores: 0.1,
  foreignCores: 0.05,
  stolenCores: 0,
  counted: { hops: 500, statements: 6_000, bytesOut: 0, tracesBegun: 1, requests: 900 },
  restMs: 100,
  memoryBytes: {},
  repeated: false,
});

it('rounds of one name become one row of medians, with what an idle shop takes shown apart', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1])).toBe(2.5);
  const idle = { cores: 0.1, foreignCores: 0, memoryMiB: 2_000 };
  const [, , row] = table({ rounds: [round(8), round(12), round(10)], idle }).split('\n');
  // 30 ms less 0.1 core for ten seconds over 100 units.
  expect(row).toBe(
    '| checkout | 3 | 10.0 | 100 / 200 / 300 | 30.0 | 20.0 | 5.0 | 60.0 | 0 | 0.10 | 0.05 | kept |',
  );
});

it('plots are whole SVG documents that escape what they are given and have colours for both grounds', () => {
  const bars = drawBars('a < b & c', 'ms', [{ label: '<x>', parts: [{ name: 'all', value: 1_234 }] }]);
  expect(bars).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
  expect(bars).toContain('a &lt; b &amp; c');
  expect(bars).toContain('1,234 ms');
  expect(bars).toContain('prefers-color-scheme: dark');
  const lines = drawLines({ title: 't', x: 'x', y: 'y' }, [{ name: 'p95', points: [{ x: 1, y: 0 }] }]);
  expect(lines).not.toContain('NaN');
  expect([short(0), short(0.123), short(12.34), short(1_234.5)]).toEqual(['0', '0.12', '12.3', '1,235']);
});
