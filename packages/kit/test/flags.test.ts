/** Flags: turned while the service runs, as they last were when the store is away, and harmless when mistyped. */
import supertest from 'supertest';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { watchFlags } from '../src/flags.ts';
import { createApp } from '../src/http.ts';
import { createLog } from '../src/log.ts';
import { reply } from '../src/routes.ts';

const log = createLog('catalog', { silent: true });
let stored: Record<string, string> | Error = {};
let stop = async () => {};

const watched = () => {
  const dapr = {
    async configuration() {
      if (stored instanceof Error) throw stored;
      return stored;
    },
  };
  const flags = watchFlags('catalog', { dapr, log });
  stop = flags.stop;
  return flags;
};

afterEach(async () => {
  const stopped = stop();
  vi.useRealTimers();
  await stopped;
  stored = {};
});

describe('a feature', () => {
  it('is on at first, off soon after it was turned off, and stays so while the store is away', async () => {
    vi.useFakeTimers();
    const flags = watched();
    expect(flags.isOn('checkout-open')).toBe(true);
    stored = { 'checkout-open': 'false' };
    await vi.advanceTimersByTimeAsync(2_000);
    expect(flags.isOn('checkout-open')).toBe(false);
    stored = new Error('away');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(flags.isOn('checkout-open')).toBe(false);
    stored = {};
    await vi.advanceTimersByTimeAsync(2_000);
    expect(flags.isOn('checkout-open')).toBe(true);
  });
});

describe('a planted fault', () => {
  it.each([
    ['90', '30', { delayMs: 90, failPercent: 30 }],
    ['999999', '999', { delayMs: 5_000, failPercent: 100 }],
    ['-5', '1e3', { delayMs: 0, failPercent: 0 }],
    ['soon', '', { delayMs: 0, failPercent: 0 }],
  ])('of %s ms and %s %% is read as %o', async (delay, percent, expected) => {
    vi.useFakeTimers();
    stored = { 'fault-catalog-delay-ms': delay, 'fault-catalog-fail-percent': percent };
    const flags = watched();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(flags.fault()).toEqual(expected);
  });

  it('makes public routes late and fail, and leaves those for neighbours alone', async () => {
    let fault = { delayMs: 40, failPercent: 100 };
    const route = { method: 'GET', operationId: 'x', summary: 'x', responses: { 200: null } } as const;
    const app = createApp({
      service: 'catalog',
      appToken: 'token',
      log,
      flags: { isOn: () => true, fault: () => fault },
      routes: [
        { ...route, path: '/open', audience: 'public', handle: async () => reply(200) },
        { ...route, path: '/timer', audience: 'sidecar', handle: async () => reply(200) },
      ],
    });
    const startedMs = performance.now();
    const failed = await supertest(app).get('/open').expect(503);
    expect(failed.body.code).toBe('unavailable');
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(39);
    await supertest(app).get('/timer').set('dapr-api-token', 'token').expect(200);
    fault = { delayMs: 0, failPercent: 0 };
    await supertest(app).get('/open').expect(200);
  });
});
