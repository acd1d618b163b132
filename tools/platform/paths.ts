/** Every folder and file that the local platform uses, relative to the checkout or to the cache outside it. */
import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join, relative, resolve } from 'node:path';

/** The checkout's own folder. */
export const root = resolve(import.meta.dirname, '../..');

/** The shop of `make up`, or that of `make mesh-up`, which runs in a network of its own: neither sees the other's files. */
export const stack = process.env.SOUK_STACK === 'mesh' ? 'mesh' : 'local';

/** Where the platform listens: on loopback, or in the mesh's network, which only this machine reaches, for its pods too. */
export const listenAddress = stack === 'mesh' ? '0.0.0.0' : '127.0.0.1';

const folder = join(root, '.souk', stack === 'mesh' ? 'mesh' : '');

/** Runtime state inside the checkout; ignored by git. */
export const state = Object.freeze({
  folder,
  env: join(folder, 'env'),
  /** What sidecars may hand to their services, by scope. */
  secrets: join(folder, 'secrets.json'),
  /** What only the tools know: database administration and API tokens. */
  platformSecrets: join(folder, 'platform.json'),
  data: join(folder, 'data'),
  certificates: join(folder, 'certificates'),
  logs: join(folder, 'logs'),
  run: join(folder, 'run'),
  /** The merged API document, for catalog to serve. */
  openApi: join(folder, 'openapi.json'),
  /** Exists while the shop is meant to run: the guard revives the supervisor only then. */
  wanted: join(folder, 'run/wanted'),
  supervisorPid: join(folder, 'run/supervisor.pid'),
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
  .update(
    stack === 'mesh' ? `${root} mesh` : storesName === 'single' ? root : `${root} on ${storesName} stores`,
  )
  .digest('hex')
  .slice(0, 12);

/** The supervisor's control socket. Socket paths are limited to 107 bytes, so the shorter form is taken. */
export function controlSocket(): string {
  const absolute = join(state.run, 'supervisor.sock');
  const near = relative(process.cwd(), absolute);
  return near.length < absolute.length ? near : absolute;
}
