/** Configuration: read once, typed, and whatever is wrong is said at once. */
import joi from 'joi';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../src/config.ts';

const enough = {
  APP_PORT: '14050',
  DAPR_HTTP_PORT: '14051',
  DAPR_GRPC_PORT: '14052',
  DAPR_API_TOKEN: 'sidecar-token-0123456789',
  APP_API_TOKEN: 'app-token-0123456789abc',
};

function faultsOf(env: Record<string, string | undefined>, schema = {}): string[] {
  try {
    readConfig(env, schema);
    return [];
  } catch (error) {
    return (error as Error).message.split('\n').slice(1);
  }
}

describe('the configuration', () => {
  it('reads numbers as numbers, fills in defaults, and drops what nobody asked for', () => {
    const config = readConfig({ ...enough, HOME: '/home/ada', DB_PORT: '3306' });
    expect(config).toMatchObject({
      APP_PORT: 14_050,
      DB_PORT: 3_306,
      APP_HOST: '127.0.0.1',
      LOG_LEVEL: 'info',
    });
    expect(config).not.toHaveProperty('HOME');
  });

  it('is as it is: nobody changes it while the process runs', () => {
    const config = readConfig(enough) as { APP_PORT: number };
    expect(() => {
      config.APP_PORT = 1;
    }).toThrow(TypeError);
  });

  it("reads a service's own settings beside the common ones", () => {
    const own = { PAYMENT_BUDGET_MS: joi.number().integer().min(1).default(1_200) };
    expect(readConfig<{ PAYMENT_BUDGET_MS: number }>(enough, own).PAYMENT_BUDGET_MS).toBe(1_200);
    expect(faultsOf({ ...enough, PAYMENT_BUDGET_MS: '0' }, own)).toHaveLength(1);
  });

  it('names every fault at once, by the name of its variable', () => {
    const faults = faultsOf({ ...enough, APP_PORT: 'http', DAPR_API_TOKEN: undefined, DB_POOL_SIZE: '1000' });
    expect(faults).toHaveLength(3);
    for (const name of ['APP_PORT', 'DAPR_API_TOKEN', 'DB_POOL_SIZE'])
      expect(faults.join('\n')).toContain(name);
  });

  it('does not start with a token that could be guessed, and does not print it either', () => {
    const faults = faultsOf({ ...enough, APP_API_TOKEN: 'hunter2' });
    expect(faults).toHaveLength(1);
    expect(faults[0]).not.toContain('hunter2');
  });
});
