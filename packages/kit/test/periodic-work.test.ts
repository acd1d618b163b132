/** Periodic work: one run at a time, failures survived, and stopped only after the run in hand. */
import { startPeriodicWork } from '@souk/kit/periodic-work';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const warnings: string[] = [];
const log = { info() {}, error() {}, debug() {}, warn: (event: string) => void warnings.push(event) };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  warnings.length = 0;
  vi.useRealTimers();
});

describe('periodic work', () => {
  it('pauses after each run, and goes on after a failure', async () => {
    let runs = 0;
    const work = async () => {
      runs += 1;
      if (runs === 1) throw new Error('once');
    };
    const { stop } = startPeriodicWork({ name: 'test', everyMs: 100, log, work });
    await vi.advanceTimersByTimeAsync(99);
    expect(runs).toBe(0);
    await vi.advanceTimersByTimeAsync(201);
    expect([runs, warnings]).toEqual([3, ['work.failed']]);
    await stop();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(runs).toBe(3);
  });

  it('is never twice under way, and stops after the run in hand', async () => {
    const { promise, resolve: finish } = Promise.withResolvers<void>();
    let runs = 0;
    const work = () => {
      runs += 1;
      return promise;
    };
    const { stop } = startPeriodicWork({ name: 'test', everyMs: 100, log, work });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(runs).toBe(1);
    let stopped = false;
    const stopping = stop().then(() => {
      stopped = true;
    });
    await vi.advanceTimersByTimeAsync(100);
    expect(stopped).toBe(false);
    finish();
    await stopping;
  });
});
