/** A service built for a test: real code and database, a neighbour's sidecar that the test writes. */

import type { RequestListener } from 'node:http';
import { type CommonConfig, readConfig } from '@souk/kit/config';
import type { Dapr } from '@souk/kit/dapr';
import type { Database } from '@souk/kit/db';
import { initialFlags } from '@souk/kit/flags';
import { newId } from '@souk/kit/identifier';
import { createLog } from '@souk/kit/log';
import { appOf, type BuiltService, type Deps, type ServiceDefinition } from '@souk/kit/service';
import { testKeys } from './tokens.ts';

export const testAppToken = 'test-app-token-0123456789';
export const testSecrets: Record<string, string> = {
  'cart-token-key': 'test-cart-token-key',
  'order-token-key': 'test-order-token-key',
  'psp-api-key': 'test-psp-api-key',
  'psp-webhook-secret': 'test-psp-webhook-secret',
  'identity-key': 'test-identity-key',
  'owner-password': 'test-owner-password',
};

/** Headers of a request that came through our sidecar, from `caller`. */
export function sidecarHeaders(caller?: string): Record<string, string> {
  return { 'dapr-api-token': testAppToken, ...(caller ? { 'dapr-caller-app-id': caller } : {}) };
}

const environment = {
  NODE_ENV: 'test',
  APP_PORT: '1',
  DAPR_HTTP_PORT: '1',
  DAPR_GRPC_PORT: '1',
  DAPR_API_TOKEN: 'test-dapr-token-0123456789',
  APP_API_TOKEN: testAppToken,
};

export interface UnderTest<Config> {
  app: RequestListener;
  built: BuiltService;
  deps: Deps<Config>;
}

/** Builds `definition` with a database, a fake sidecar and whatever else a test replaces. */
export function buildUnderTest<Config extends object>(
  definition: ServiceDefinition<Config>,
  given: { db?: Database; dapr?: Partial<Dapr>; env?: Record<string, string> } & Partial<
    Pick<Deps<Config>, 'now' | 'wakeRelay' | 'flags'>
  > = {},
): UnderTest<Config> {
  const config = readConfig<Config>({ ...environment, ...given.env }, definition.config) as CommonConfig &
    Config;
  const deps: Deps<Config> = {
    config,
    db: given.db as Database,
    dapr: (given.dapr ?? {}) as Dapr,
    log: createLog(definition.name, { silent: true }),
    now: given.now ?? (() => new Date()),
    newId,
    secrets: testSecrets,
    wakeRelay: given.wakeRelay ?? (() => {}),
    flags: given.flags ?? initialFlags,
  };
  const built = definition.build(deps);
  const withKeys = { ...built, keys: built.keys ?? testKeys };
  return { app: appOf(definition, withKeys, deps), built, deps };
}
