/** Redis as one primary and two replicas, three Sentinels, and a proxy that leads to the primary (deploy/stores). */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ports } from '@souk/contracts/ports';
import { state } from '../platform/paths.ts';
import { portAnswers } from '../platform/probe.ts';
import { redisSettings } from '../platform/redis.ts';
import { ensureSecrets } from '../platform/secrets.ts';
import { writeWhole } from '../platform/state-files.ts';
import type { Program } from '../runner/program.ts';
import { firstPorts, nodes } from './addresses.ts';
import { filledStoreFile, proxyProgram, storeFile } from './store-files.ts';

const dataFolder = (node: number) => join(state.data, `redis-${node}`);
const masterName = 'souk';
const askLimitMs = 2_000;

/** Redis and Sentinel write their files themselves when roles change, so these are made once, beside the data. */
export function prepareRedis(): void {
  const password = ensureSecrets().served['redis-password']!;
  const sentinel = filledStoreFile('sentinel.conf', { password });
  for (const node of nodes) {
    mkdirSync(dataFolder(node), { recursive: true });
    const follows = node === 0 ? '' : `replicaof 127.0.0.1 ${firstPorts.redis}\n`;
    const settings = redisSettings({ dataFolder: dataFolder(node), port: firstPorts.redis + node });
    writeOnce(redisFile(node), `${settings}masterauth ${password}\n${follows}`);
    const place = `bind 127.0.0.1\nport ${firstPorts.sentinel + node}\ndir ${dataFolder(node)}`;
    writeOnce(sentinelFile(node), sentinel.replace('port 26379', place));
  }
}

const redisFile = (node: number) => join(dataFolder(node), 'redis.conf');
const sentinelFile = (node: number) => join(dataFolder(node), 'sentinel.conf');

function writeOnce(file: string, content: string): void {
  if (!existsSync(file)) writeWhole(file, content);
}

/** The nodes, then who watches them, then the proxy under the address that everybody knows. */
export function sentinelPrograms(): Program[] {
  return [...nodes.map(nodeProgram), ...nodes.map(sentinelProgram), redisProxy()];
}

/** The port of the primary as the Sentinels see it; rejects when none of them answers. */
export async function primaryPort(): Promise<number> {
  const { stdout } = await promisify(execFile)(
    'redis-cli',
    ['-p', `${firstPorts.sentinel}`, '--raw', 'SENTINEL', 'get-master-addr-by-name', masterName],
    { timeout: askLimitMs },
  );
  return Number(stdout.trim().split('\n')[1]);
}

/** Whether the node says of itself that it is a replica in step with its primary. */
export async function isReplicaInStep(node: number): Promise<boolean> {
  const { stdout } = await promisify(execFile)(
    'redis-cli',
    ['-p', `${firstPorts.redis + node}`, '--no-auth-warning', '-e', 'INFO', 'replication'],
    {
      env: { ...process.env, REDISCLI_AUTH: ensureSecrets().served['redis-password'] },
      timeout: askLimitMs,
    },
  );
  return stdout.includes('role:slave') && stdout.includes('master_link_status:up');
}

const answersPing = (port: number) => {
  const password = ensureSecrets().served['redis-password'];
  return portAnswers(port, { say: `AUTH ${password}\r\nPING\r\n`, hear: '+PONG' });
};

const leadsToPrimary = () => {
  const password = ensureSecrets().served['redis-password'];
  return portAnswers(ports.redis, { say: `AUTH ${password}\r\nINFO replication\r\n`, hear: 'role:master' });
};

const hasQuorum = (node: number) =>
  portAnswers(firstPorts.sentinel + node, {
    say: `SENTINEL CKQUORUM ${masterName}\r\n`,
    hear: '+OK 3 usable',
  });

function nodeProgram(node: number): Program {
  const port = firstPorts.redis + node;
  const sentinels = nodes.map((other) => `127.0.0.1:${firstPorts.sentinel + other}`);
  return {
    name: `redis-${node}`,
    kind: 'platform',
    command: [
      '/bin/sh',
      storeFile('redis-node.sh'),
      ...[redisFile(node), '127.0.0.1', `${port}`, ...sentinels],
    ],
    cwd: state.folder,
    env: {},
    ports: { Redis: port },
    fingerprint: '',
    health: () => answersPing(port),
  };
}

function sentinelProgram(node: number): Program {
  const port = firstPorts.sentinel + node;
  return {
    name: `sentinel-${node}`,
    kind: 'platform',
    command: ['/usr/bin/redis-sentinel', sentinelFile(node)],
    cwd: state.folder,
    env: {},
    ports: { Sentinel: port },
    fingerprint: '',
    health: () => portAnswers(port, { say: 'PING\r\n', hear: '+PONG' }),
  };
}

function redisProxy(): Program {
  const password = ensureSecrets().served['redis-password']!;
  const config = filledStoreFile('haproxy-redis.cfg', { password, proxies: { 'redis:6379': ports.redis } });
  return proxyProgram('redis', config, {
    ports: { Redis: ports.redis },
    health: async () => {
      // Until its first look at each node it leads to all of them in turn.
      for (let i = 0; i < 2 * nodes.length; i += 1) await leadsToPrimary();
      // Until each has found the other two, nobody would take a dead primary's place.
      await Promise.all(nodes.map(hasQuorum));
    },
  });
}
