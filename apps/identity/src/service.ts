/** Identity as one value: what it needs, and how it is built from that. */
import type { BuiltService, Deps, ServiceDefinition } from '@souk/kit/service';
import { hearErasure } from './erasure.ts';
import { createErasureWorkflows } from './erasure-workflow.ts';
import { hearExport } from './export.ts';
import { type IdentityConfig, type IdentityDeps, identityConfig, valuesOf } from './identity-deps.ts';
import { createKeyRing } from './key-ring.ts';
import { createLimits } from './limit-store.ts';
import { createPasswords } from './passwords.ts';
import { identityRoutes } from './routes.ts';
import { startUpkeep } from './upkeep.ts';

export const identity: ServiceDefinition<IdentityConfig> = {
  name: 'identity',
  config: identityConfig,
  hasDatabase: true,
  secrets: ['identity-key', 'owner-password'],
  build: (deps) => buildIdentity(identityDeps(deps)),
};

/** What is built once for each process. */
export function identityDeps(deps: Deps<IdentityConfig>): IdentityDeps {
  const identityKeys = valuesOf(deps.secrets['identity-key']);
  return {
    ...deps,
    identityKeys,
    keys: createKeyRing({ ...deps, identityKeys }),
    passwords: createPasswords(),
    limits: createLimits(deps.db, deps.config, identityKeys[0]!),
    erasures: createErasureWorkflows(deps),
  };
}

/** The service over what {@link identityDeps} made; tests hand in their own. */
export function buildIdentity(deps: IdentityDeps): BuiltService {
  const events: NonNullable<BuiltService['events']> = {
    'erasure.completed': async (event) => {
      if (await hearErasure(deps, event)) await deps.erasures.finish(event.payload.customerId);
    },
    'export.completed': (event) => hearExport(deps, event),
  };
  return {
    routes: identityRoutes(deps, events),
    events,
    keys: deps.keys,
    start() {
      const parts = [deps.erasures.start(), startUpkeep(deps)];
      return {
        stop: async () => void (await Promise.all(parts.map((part) => part.stop()))),
      };
    },
  };
}
