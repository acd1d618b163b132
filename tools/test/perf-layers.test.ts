/** What the measured variants make of a layer's cost, and how a second process differs from the shop's own. */
import { expect, it } from 'vitest';
import { withFlags } from '../../perf/layers/copies.ts';
import { costOf, type Layer, layers, standsOut } from '../../perf/layers/layer.ts';
import type { Round } from '../../perf/measure.ts';

const layer: Layer = { name: 'ingress', by: 'a way past it', unit: 'request', with: 'a', without: 'b' };

/** A hundred units in two seconds. */
const round = (cpuMsPerUnit: number, p50Ms: number) =>
  ({ cpuMsPerUnit, p50Ms, units: 100, measuredSeconds: 2 }) as Round;

it('a layer costs the median of what neighbouring rounds differ by, so that a slow hour falls on both', () => {
  const measured = {
    a: [round(12, 5), round(24, 9), round(13, 6)],
    b: [round(10, 4), round(21, 7), round(11, 3)],
  };
  // 0.1 core for two seconds over 100 units is 2 ms a unit.
  const { cpuMs, p50Ms } = costOf(layer, measured, [0.1, 0.1, 0.1]);
  expect(cpuMs).toEqual({
    with: { median: 11, least: 10, most: 22 },
    cost: { median: 2, least: 2, most: 3 },
  });
  expect(p50Ms.cost).toEqual({ median: 2, least: 1, most: 3 });
});

it('a cost stands out when no round denies it and it is more than half of what equal rounds differ by', () => {
  const whole = { median: 10, least: 9.5, most: 10.5 };
  expect(standsOut({ with: whole, cost: { median: 2, least: 1, most: 3 } })).toBe(true);
  expect(standsOut({ with: whole, cost: { median: 2, least: -1, most: 3 } })).toBe(false);
  expect(standsOut({ with: whole, cost: { median: 0.4, least: 0.1, most: 1 } })).toBe(false);
});

it('a variant that was not measured is an error, not a zero', () => {
  expect(() => costOf(layer, { a: [round(1, 1)], b: [] }, [0])).toThrow(/a: 1 rounds, b: 0/);
});

it('each layer is told apart by its name and what it is one of', () => {
  expect(new Set(layers.map(({ name, unit }) => `${name}, ${unit}`)).size).toBe(layers.length);
});

it('flags of a command are replaced or taken away, with their values, and one that is not there is an error', () => {
  const command = ['daprd', '--app-id', 'cart', '--enable-mtls', '--sentry-address', 'x', '--config', 'y'];
  expect(withFlags(command, { '--enable-mtls': null, '--sentry-address': null, '--config': 'z' })).toEqual([
    'daprd',
    '--app-id',
    'cart',
    '--config',
    'z',
  ]);
  expect(() => withFlags(command, { '--metrics-port': '1' })).toThrow(
    /daprd is not started with --metrics-port/,
  );
});
