/** Production's files of the stores (deploy/stores) as one machine needs them: its addresses, its passwords. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, state } from '../platform/paths.ts';
import { writeWhole } from '../platform/state-files.ts';
import type { Program } from '../runner/program.ts';
import { onOneMachine } from './addresses.ts';

/** Path of one of the files, for scripts, which are run as they are. */
export const storeFile = (name: string) => join(root, 'deploy/stores', name);

export interface Filling {
  password: string;
  /** The node's number, where the file speaks of node N. */
  node?: number;
  /** Name and port of a proxy → its port here. */
  proxies?: Readonly<Record<string, number>>;
}

/** A file of settings without its comments, everything in it that differs from machine to machine filled in. */
export function filledStoreFile(name: string, { password, node, proxies }: Filling): string {
  const text = readFileSync(storeFile(name), 'utf8').replaceAll(/^\s*#.*\n/gm, '');
  const own = node === undefined ? text : text.replaceAll('mariadb-N', `mariadb-${node}`);
  return onOneMachine(own, proxies).replaceAll('PASSWORD', password);
}

/** HAProxy in front of a store, with its file of settings written: `haproxy-STORE.cfg`, of the program `STORE-proxy`. */
export function proxyProgram(
  store: 'mariadb' | 'redis',
  config: string,
  { ports, health }: Pick<Program, 'ports' | 'health'>,
): Program {
  const file = join(state.run, `haproxy-${store}.cfg`);
  writeWhole(file, config);
  return {
    ...{ name: `${store}-proxy`, kind: 'platform', cwd: state.folder, env: {}, ports, health },
    command: ['/usr/sbin/haproxy', '-db', '-f', file],
    fingerprint: config,
  };
}
