/** The project's own Redis: append-only, with a password, on loopback. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ports } from '@souk/contracts/ports';
import type { Program } from '../runner/program.ts';
import { listenAddress, state } from './paths.ts';
import { portAnswers } from './probe.ts';
import { ensureSecrets } from './secrets.ts';
import { writeWhole } from './state-files.ts';

const dataFolder = join(state.data, 'redis');
const configFile = join(state.run, 'redis.conf');

/** How the server starts; the password stands in a file, so that the process list does not show it. */
export function redisProgram(): Program {
  mkdirSync(dataFolder, { recursive: true });
  const password = ensureSecrets().served['redis-password']!;
  const config = redisSettings({ dataFolder, port: ports.redis });
  writeWhole(configFile, config);
  return {
    name: 'redis',
    kind: 'platform',
    command: ['/usr/bin/redis-server', configFile],
    cwd: state.folder,
    env: {},
    ports: { Redis: ports.redis },
    fingerprint: config,
    health: () => portAnswers(ports.redis, { say: `AUTH ${password}\r\nPING\r\n`, hear: '+PONG' }),
  };
}

/** The server's settings, the same for one server and for a node of several. */
export function redisSettings({ dataFolder: folder, port }: { dataFolder: string; port: number }): string {
  return `bind ${listenAddress}
port ${port}
requirepass ${ensureSecrets().served['redis-password']}
dir ${folder}
appendonly yes
appendfsync everysec
save ""
maxmemory 512mb
maxmemory-policy noeviction
`;
}
