/** What a peer is: another shop, installed outside the tree, that does the same four works with as many clients. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from 'mysql2/promise';
import { cacheFolder, root } from '../../tools/platform/paths.ts';
import { step } from '../../tools/platform/progress.ts';
import { mustRun, type Running } from '../children.ts';
import type { HammerRequest } from '../hammer.ts';
import { runK6 } from '../k6.ts';
import type { Work } from '../measure.ts';
import { runHammer } from '../side-by-side.ts';
import { asLoad } from '../suites.ts';

const installLimitMs = 600_000;
const clients = 16;

/** A checkout that has begun may end: with 16 clients the slowest peer takes half a minute for one. */
const checkoutGraceMs = 120_000;

export interface Setting {
  /** The shop's database, for peers that can use it. */
  admin: Connection;
  products: number;
  seconds: number;
}

export interface Peer {
  name: string;
  install(): Promise<void>;
  /** Seeds it, unless it has as many products already, and starts it. */
  open(setting: Setting): Promise<OpenPeer>;
}

export interface OpenPeer {
  /** In the shop's order. */
  works: Work[];
  /** What must stand still while others are measured. */
  servers: Running[];
  close(): Promise<void>;
  /** Removes the data of a closed peer; the packages stay in the cache. */
  drop(): Promise<void>;
}

/** As its package.json here says it. */
export function versionOf(name: string): string {
  const text = readFileSync(join(root, 'perf/peers', name, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** Where its packages are. */
export const folderOf = (name: string) => join(cacheFolder, 'peers', `${name}-${versionOf(name)}`);

/** Puts a peer's packages in the cache and our few files beside them. */
export async function installPeer(name: string): Promise<void> {
  const folder = folderOf(name);
  await step(name, async (tell) => {
    mkdirSync(folder, { recursive: true });
    const source = join(root, 'perf/peers', name);
    for (const file of readdirSync(source)) cpSync(join(source, file), join(folder, file));
    // npm writes this one last.
    if (existsSync(join(folder, 'node_modules/.package-lock.json'))) return 'there';
    await mustRun(['npm', 'install', '--no-audit', '--no-fund', '--omit=dev'], {
      cwd: folder,
      limitMs: installLimitMs,
      tell,
    });
    return 'installed';
  });
}

export interface Target extends Pick<Work, 'children' | 'countShop' | 'countStatements'> {
  name: string;
  port: number;
  seconds: number;
  list: HammerRequest[];
  detail: HammerRequest[];
  firstItem: HammerRequest[];
  /** What its checkout.js is told. */
  checkout: Record<string, string>;
}

/** The works that every peer does, in the shop's order. */
export function fourWorks(target: Target): Work[] {
  const { name, port, seconds, list, detail, firstItem, checkout, ...measured } = target;
  const work = (what: string, run: Work['run']): Work => ({
    name: `${name} ${what}`,
    side: 'peer',
    ...measured,
    run,
  });
  const hammered = (what: string, requests: HammerRequest[]) =>
    work(what, () => runHammer({ port, connections: clients, seconds, requests, status: 200 }));
  return [
    hammered('list of 20', list),
    hammered('product detail', detail),
    hammered("new guest's first item", firstItem),
    work('guest checkout', async () => {
      const env = { ...checkout, CLIENTS: `${clients}`, SECONDS: `${seconds}` };
      return asLoad(await runK6(`../peers/${name}/checkout`, env, seconds * 1_000 + checkoutGraceMs));
    }),
  ];
}
