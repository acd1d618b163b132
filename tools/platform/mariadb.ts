/** The project's own MariaDB: its data folder, its configuration, and one account a service. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ports, serviceNames } from '@souk/contracts/ports';
import { hasDatabase } from '@souk/contracts/secrets';
import type { Program } from '../runner/program.ts';
import { listenAddress, stack, state } from './paths.ts';
import { ensureSecrets } from './secrets.ts';
import { writeWhole } from './state-files.ts';

const dataFolder = join(state.data, 'mariadb');
const configFile = join(state.run, 'mariadb.cnf');
const accountsFile = join(state.run, 'mariadb-accounts.sql');
/** From where accounts may come: pods have addresses of their own. */
const clients = stack === 'mesh' ? '%' : '127.0.0.1';
const newFolderLimitMs = 120_000;

/** Makes an empty data folder when there is none. */
export const prepareMariadb = (): Promise<void> => newDataFolder(dataFolder);

/** Makes an empty data folder there unless it exists; a half-made one is thrown away. */
export async function newDataFolder(folder: string): Promise<void> {
  if (existsSync(folder)) return;
  const unfinished = `${folder}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  const options = [
    '--no-defaults',
    `--datadir=${unfinished}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    `--user=${userInfo().username}`,
  ];
  await promisify(execFile)('mariadb-install-db', options, { timeout: newFolderLimitMs });
  renameSync(unfinished, folder);
}

/** How the server starts; writing its two files here makes accounts follow the secrets at each start. */
export function mariadbProgram(): Program {
  const config = `${serverSettings({ dataFolder, port: ports.mariadb })}init-file = ${accountsFile}\n`;
  const accounts = accountStatements();
  writeWhole(configFile, config);
  writeWhole(accountsFile, accounts);
  return {
    name: 'mariadb',
    kind: 'platform',
    command: ['/usr/sbin/mariadbd', `--defaults-file=${configFile}`],
    cwd: state.folder,
    // Else each of its threads takes memory from a heap of its own, up to sixteen of them, each as large as it ever was.
    env: { MALLOC_ARENA_MAX: '2' },
    ports: { SQL: ports.mariadb },
    fingerprint: config + accounts,
    health: async () => {
      const { openAdmin } = await import('./mariadb-admin.ts');
      const connection = await openAdmin();
      await connection.end();
    },
  };
}

/** The server's own settings, the same for one server and for a node of several. */
export function serverSettings({ dataFolder: folder, port }: { dataFolder: string; port: number }): string {
  return `[mariadbd]
user = ${userInfo().username}
datadir = ${folder}
# Relative to the data folder: socket paths are limited in length.
socket = mariadb.sock
pid-file = mariadb.pid
bind-address = ${listenAddress}
port = ${port}
skip-name-resolve
max_connections = 300
max_connect_errors = 4294967295
character-set-server = utf8mb4
collation-server = utf8mb4_unicode_ci
default-time-zone = +00:00
innodb_buffer_pool_size = 128M
innodb_log_buffer_size = 4M
# Of tables that are not InnoDB's there are the server's own and those that a statement makes for itself.
aria_pagecache_buffer_size = 8M
key_buffer_size = 1M
innodb_flush_log_at_trx_commit = 1
innodb_lock_wait_timeout = 5
wait_timeout = 3600
performance_schema = OFF
`;
}

/** One statement a line, as init-file wants it; repeated at each start, so that new services get their account. */
export function accountStatements(): string {
  const { served, platform } = ensureSecrets();
  const account = (user: string, password: string) => [
    `CREATE USER IF NOT EXISTS '${user}'@'${clients}' IDENTIFIED BY '${password}';`,
    `ALTER USER '${user}'@'${clients}' IDENTIFIED BY '${password}';`,
  ];
  const schemas = serviceNames
    .filter(hasDatabase)
    .flatMap((service) => [
      `CREATE DATABASE IF NOT EXISTS \`${service}\`;`,
      ...account(service, served[`database-${service}`]!),
      `GRANT SELECT, INSERT, UPDATE, DELETE ON \`${service}\`.* TO '${service}'@'${clients}';`,
      `GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES, TRIGGER, CREATE VIEW ON \`${service}\`.* TO 'souk_migrator'@'${clients}';`,
    ]);
  return [
    `ALTER USER 'root'@'localhost' IDENTIFIED BY '${platform['database-admin']}';`,
    // A new data folder comes with further accounts of root, for 127.0.0.1 too, and none of them has a password.
    "DELETE FROM mysql.global_priv WHERE (User = 'root' AND Host <> 'localhost') OR User = '';",
    'FLUSH PRIVILEGES;',
    ...account('souk_admin', platform['database-admin']),
    `GRANT ALL PRIVILEGES ON *.* TO 'souk_admin'@'${clients}' WITH GRANT OPTION;`,
    ...account('souk_migrator', platform['database-migrator']),
    ...schemas,
    // The sidecar's own tables of workflows: it makes them itself.
    'CREATE DATABASE IF NOT EXISTS `workflow`;',
    ...account('workflow', served['database-workflow']!),
    `GRANT ALL PRIVILEGES ON workflow.* TO 'workflow'@'${clients}';`,
    '',
  ].join('\n');
}
