import { expect, test } from 'vitest';
import { renderStatus } from '../platform/status.ts';
import { type JaegerTrace, renderWaterfall } from '../platform/trace.ts';

const span = (id: string, parent: string | null, timing: [startTime: number, duration: number]) => ({
  spanID: id,
  operationName: `does ${id}`,
  startTime: timing[0],
  duration: timing[1],
  processID: 'p1',
  references: parent ? [{ refType: 'CHILD_OF', spanID: parent }] : [],
  tags: id === 'c' ? [{ key: 'error', value: true }] : [],
});

test('a waterfall shows children below their parents, at their offset, with their share of the bar', () => {
  const trace: JaegerTrace = {
    traceID: 'abc',
    spans: [
      span('c', 'a', [1_500_000, 500_000]),
      span('b', 'a', [1_000_000, 250_000]),
      span('a', null, [1_000_000, 1_000_000]),
    ],
    processes: { p1: { serviceName: 'orders' } },
  };
  const lines = renderWaterfall(trace).split('\n');
  expect(lines[0]).toBe('trace abc: 3 spans, 1 services, 1000.0 ms');
  expect(lines.slice(1).map((line) => line.trim().split(/\s{2,}/)[0])).toEqual([
    'orders · does a',
    'orders · does b',
    'orders · does c !',
  ]);
  expect(lines[1]).toContain('█'.repeat(40));
  expect(lines[3]).toMatch(/500\.0 ms {2} {20}█{20} {2} {2}500\.0 ms$/);
});

test('a span whose parent was lost is still shown', () => {
  const trace = { traceID: 'x', spans: [span('b', 'lost', [1, 1])], processes: {} };
  expect(renderWaterfall(trace)).toContain('? · does b');
});

test('the status table ends with the sum of memory', () => {
  const row = { address: 'HTTP 1', health: 'ok', restarts: 0, pssBytes: 52_428_800 };
  const lines = renderStatus([
    { ...row, name: 'orders', pid: 7 },
    { ...row, name: 'carts', pid: 0, pssBytes: null },
  ]).split('\n');
  expect(lines[1]).toMatch(/^orders +ok +7 +0 +50 MiB +HTTP 1$/);
  expect(lines.at(-1)).toMatch(/^sum +1 +50 MiB$/);
});
