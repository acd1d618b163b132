/** Random passwords and keys of this checkout: made once, kept in two files that only their owner reads. */
import { randomBytes } from 'node:crypto';
import { ports, serviceNames } from '@souk/contracts/ports';
import { hasDatabase } from '@souk/contracts/secrets';
import { state } from './paths.ts';
import { readJson, writeWhole } from './state-files.ts';

/** What the sidecars' secret store holds; each service sees its own by scope. */
const servedNames = [
  ...serviceNames.filter(hasDatabase).map((service) => `database-${service}`),
  'database-workflow',
  'redis-password',
  'cart-token-key',
  'order-token-key',
  'identity-key',
  'owner-password',
  'psp-api-key',
  'psp-webhook-secret',
];

/** What no service ever sees. */
const platformNames = [
  'database-admin',
  'database-migrator',
  // Of a cluster of databases: who looks after its nodes, and who copies one to another.
  'database-health',
  'database-sst',
  'dapr-api-token',
  'app-api-token',
] as const;

export type PlatformSecrets = Record<(typeof platformNames)[number], string>;

const workflowConnection = 'workflowstore-connection';

/** 192 random bits, of letters, digits, `-` and `_`. */
export const newSecret = () => randomBytes(24).toString('base64url');

function complete(path: string, names: readonly string[]): Record<string, string> {
  const known = readJson<Record<string, string>>(path) ?? {};
  const missing = names.filter((name) => !known[name]);
  for (const name of missing) known[name] = newSecret();
  if (missing.length > 0) writeWhole(path, `${JSON.stringify(known, null, 2)}\n`);
  return known;
}

/** Both sets of secrets; names that are new since the last run are made now. */
export function ensureSecrets(): { served: Record<string, string>; platform: PlatformSecrets } {
  const served = complete(state.secrets, servedNames);
  // The component takes no password of its own, only the whole address.
  const connection = `workflow:${served['database-workflow']}@tcp(127.0.0.1:${ports.mariadb})/`;
  if (served[workflowConnection] !== connection) {
    served[workflowConnection] = connection;
    writeWhole(state.secrets, `${JSON.stringify(served, null, 2)}\n`);
  }
  return {
    served,
    platform: complete(state.platformSecrets, platformNames) as PlatformSecrets,
  };
}

/** The value of a secret that is in use: of one that has been rotated, the first. */
export function currentSecret(name: string): string {
  return valuesOf(name)[0] ?? '';
}

/** The values of a secret, the one in use first, then those that are still accepted. */
export function valuesOf(name: string): string[] {
  return ensureSecrets().served[name]?.split(',') ?? [];
}

/** Replaces the values of some secrets; those who may read them see it when their sidecar starts anew. */
export function writeSecrets(changed: Readonly<Record<string, readonly string[]>>): void {
  const served = { ...ensureSecrets().served };
  for (const [name, values] of Object.entries(changed)) served[name] = values.join(',');
  writeWhole(state.secrets, `${JSON.stringify(served, null, 2)}\n`);
}
