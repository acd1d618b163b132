/** Three nodes of MariaDB with Galera behind HAProxy, by production's own files (deploy/stores). */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ports } from '@souk/contracts/ports';
import { accountStatements, newDataFolder, serverSettings } from '../platform/mariadb.ts';
import { openAdmin } from '../platform/mariadb-admin.ts';
import { state } from '../platform/paths.ts';
import { ensureSecrets } from '../platform/secrets.ts';
import { writeWhole } from '../platform/state-files.ts';
import type { Program } from '../runner/program.ts';
import { firstPorts, nodes } from './addresses.ts';
import { nodeStatus } from './galera-status.ts';
import { filledStoreFile, proxyProgram, storeFile } from './store-files.ts';

const dataFolder = (node: number) => join(state.data, `mariadb-${node}`);
const accountsFile = join(state.run, 'mariadb-accounts.sql');

/** An empty database for the first node; the others get theirs from it. */
export async function prepareGalera(): Promise<void> {
  await newDataFolder(dataFolder(0));
  for (const node of nodes) mkdirSync(dataFolder(node), { recursive: true });
}

/** The nodes in the order in which they start, then the proxy under the address that everybody knows. */
export function galeraPrograms(): Program[] {
  writeWhole(accountsFile, [accountStatements(), ...ownAccounts(), ''].join('\n'));
  return [...nodes.map(nodeProgram), mariadbProxy()];
}

function ownAccounts(): string[] {
  const { platform } = ensureSecrets();
  return [
    `CREATE USER IF NOT EXISTS 'souk_health'@'127.0.0.1' IDENTIFIED BY '${platform['database-health']}';`,
    `CREATE USER IF NOT EXISTS 'souk_sst'@'localhost' IDENTIFIED BY '${platform['database-sst']}';`,
    "GRANT RELOAD, PROCESS, LOCK TABLES, BINLOG MONITOR, REPLICA MONITOR ON *.* TO 'souk_sst'@'localhost';",
  ];
}

function nodeProgram(node: number): Program {
  const file = join(state.run, `mariadb-${node}.cnf`);
  const galera = filledStoreFile('galera.cnf', { node, password: ensureSecrets().platform['database-sst'] });
  const settings = serverSettings({ dataFolder: dataFolder(node), port: firstPorts.sql + node });
  // Logs of copies would else pile up in /tmp.
  const config = `${settings}\n${galera}\n[sst]\nsst-log-archive = 0\n`;
  writeWhole(file, config);
  return {
    name: `mariadb-${node}`,
    kind: 'platform',
    command: [
      '/bin/sh',
      storeFile('galera-node.sh'),
      ...[file, dataFolder(node), node === 0 ? 'first' : 'next', `--init-file=${accountsFile}`],
    ],
    cwd: state.folder,
    env: {},
    ports: {
      SQL: firstPorts.sql + node,
      Galera: firstPorts.galera + node,
      IST: firstPorts.galeraIst + node,
      SST: firstPorts.galeraSst + node,
    },
    fingerprint: config,
    health: async () => {
      const { state: word, ready } = await nodeStatus(node);
      if (word !== 'Synced' || !ready) throw new Error(`the node is ${word}`);
    },
  };
}

function mariadbProxy(): Program {
  const question = join(state.run, 'galera-ready.sh');
  const password = ensureSecrets().platform['database-health'];
  // The script looks for its account beside itself.
  copyFileSync(storeFile('galera-ready.sh'), question);
  writeWhole(join(state.run, 'galera-health.cnf'), `[client]\nuser = souk_health\npassword = ${password}\n`);
  const proxies = { 'mariadb:3306': ports.mariadb };
  const config = filledStoreFile('haproxy-mariadb.cfg', { password, proxies }).replace(
    '/etc/haproxy/galera-ready.sh',
    question,
  );
  return proxyProgram('mariadb', config, {
    ports: { SQL: ports.mariadb },
    health: async () => {
      const connection = await openAdmin();
      await connection.end();
    },
  });
}
