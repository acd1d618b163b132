/** Every folder and file that the local platform uses, relative to the checkout or to the cache outside it. */
import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join, relative, resolve } from 'node:path';

/** The checkout's own folder. */
export const root = resolve(import.meta.dirname, '../..');

/** Runtime state inside the checkout; ignored by git. */
export const state = Object.freeze({
  folder: join(root, '.souk'),
  env: join(root, '.souk/env'),
  /** What sidecars may hand to their services, by scope. */
  secrets: join(root, '.souk/secrets.json'),
  /** What only the tools know: database administration and API tokens. */
  platformSecrets: join(root, '.souk/platform.json'),
  data: join(root, '.souk/data'),
  certificates: join(root, '.souk/certificates'),
  logs: join(root, '.souk/logs'),
  run: join(root, '.souk/run'),
  /** The merged API document, for catalog to serve. */
  openApi: join(root, '.souk/openapi.json'),
  /** Exists while the shop is meant to run: the guard revives the supervisor only then. */
  wanted: join(root, '.souk/run/wanted'),
  supervisorPid: join(root, '.souk/run/supervisor.pid'),
});

/** Built and downloaded tools, by name and version; shared by all checkouts of one user. */
export const cacheFolder = process.env.SOUK_CACHE ?? join(homedir(), '.cache/souk');

export const nodeBinary = join(root, '.souk/bin/node');

const storesNames = ['single', 'replicated', 'kafka'] as const;
export type StoresName = (typeof storesNames)[number];

/** On which stores this process's shop stands (stores.ts); only `make ha-test` asks for others than one of each. */
export const storesName = knownStores(process.env.SOUK_STORES ?? 'single');

function knownStores(name: string): StoresName {
  const found = storesNames.find((one) => one === name);
  if (!found) throw new Error(`SOUK_STORES is one of ${storesNames.join(', ')}, not ${name}`);
  return found;
}

/** A short name that differs between checkouts and stores: abstract sockets and process marks carry it. */
export const checkoutId = createHash('sha256')
  .update(storesName === 'single' ? root : `${root} on ${storesName} stores`)
  .digest('hex')
  .slice(0, 12);

/** The supervisor's control socket. Socket paths are limited to 107 bytes, so the shorter form is taken. */
export function controlSocket(): string {
  const absolute = join(state.run, 'supervisor.sock');
  const near = relative(process.cwd(), absolute);
  return near.length < absolute.length ? near : absolute;
}
