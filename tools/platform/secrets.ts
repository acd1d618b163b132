/** Random passwords and keys of this checkout: made once, kept in two files that only their owner reads. */
import { randomBytes } from 'node:crypto';
import { serviceNames } from '@souk/contracts/ports';
import { state } from './paths.ts';
import { readJson, writeWhole } from './state-files.ts';

/** What the sidecars' secret store holds; each service sees its own by scope. */
const servedNames = [
  ...serviceNames.map((service) => `database-${service}`),
  'redis-password',
  'cart-token-key',
  'order-token-key',
  'psp-api-key',
  'psp-webhook-secret',
];

/** What no service ever sees. */
const platformNames = ['database-admin', 'database-migrator', 'dapr-api-token', 'app-api-token'] as const;

export type PlatformSecrets = Record<(typeof platformNames)[number], string>;

function complete(path: string, names: readonly string[]): Record<string, string> {
  const known = readJson<Record<string, string>>(path) ?? {};
  const missing = names.filter((name) => !known[name]);
  for (const name of missing) known[name] = randomBytes(24).toString('base64url');
  if (missing.length > 0) writeWhole(path, `${JSON.stringify(known, null, 2)}\n`);
  return known;
}

/** Both sets of secrets; names that are new since the last run are made now. */
export function ensureSecrets(): { served: Record<string, string>; platform: PlatformSecrets } {
  return {
    served: complete(state.secrets, servedNames),
    platform: complete(state.platformSecrets, platformNames) as PlatformSecrets,
  };
}
