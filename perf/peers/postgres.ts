/**
 * A PostgreSQL of its own for a peer: the system's binaries as they come, commits that are flushed, one port on
 * loopback. Its superuser comes in by the socket in its folder alone; a peer has an account without rights.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, globSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { installPackages } from '../../tools/platform/install.ts';
import { checkoutId } from '../../tools/platform/paths.ts';
import type { Tell } from '../../tools/platform/progress.ts';
import { mustRun, type Running, startServer } from '../children.ts';

/** Another user must get into it, so it is not in a home; and it is on a disk, where the folder of temporary files may be memory. */
const folder = `/var/tmp/souk-postgres-${checkoutId}`;
const unfinished = `${folder}.new`;
const binaries = '/usr/lib/postgresql/*/bin/postgres';
const commandLimitMs = 60_000;

/** It refuses to run as root. */
const isRoot = process.getuid?.() === 0;
const user = isRoot ? 'postgres' : userInfo().username;
const asUser = isRoot ? ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--init-groups', '--'] : [];

/** Brings Debian's packages when there are none; their own server is not started. */
export async function installPostgres(tell: Tell): Promise<string> {
  if (globSync(binaries).length > 0) return 'there';
  return installPackages({ [binaries]: 'postgresql' }, tell);
}

const binary = (name: string) => join(dirname(globSync(binaries).toSorted().at(-1)!), name);

export interface Postgres extends Running {
  /** One statement as superuser; answers its rows as text, one a line. */
  ask(sql: string, database?: string): Promise<string>;
  /** Gives the account of that name a new password, makes it where there is none; answers the address of its database. */
  admit(account: string): Promise<string>;
  /** Statements that its clients have sent so far. */
  countStatements(): Promise<number>;
}

/** Makes an empty one where there is none, and starts it. */
export async function startPostgres(port: number): Promise<Postgres> {
  const run = (...command: string[]) =>
    mustRun([...asUser, ...command], { limitMs: commandLimitMs, cwd: '/' });
  if (!existsSync(join(folder, 'PG_VERSION'))) {
    await remove(unfinished);
    const words = ['--auth-local=peer', '--auth-host=scram-sha-256', '--encoding=UTF8', '--locale=C.UTF-8'];
    await run(binary('initdb'), '-D', unfinished, '-U', user, ...words);
    await run('mv', unfinished, folder);
  }
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: folder,
    fsync: 'on',
    synchronous_commit: 'on',
    shared_preload_libraries: 'pg_stat_statements',
    // A statement that it forgets is not counted.
    'pg_stat_statements.max': 50_000,
    log_checkpoints: 'off',
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = await startServer([...asUser, binary('postgres'), '-D', folder, ...options], {
    limitMs: commandLimitMs,
    cwd: '/',
    ready: 'ready to accept connections',
    quiet: true,
    killBy: 'SIGQUIT',
  });
  const ask: Postgres['ask'] = (sql, database = 'postgres') =>
    run(
      binary('psql'),
      ...['-h', folder, '-p', `${port}`, '-U', user, '-d', database],
      ...['-v', 'ON_ERROR_STOP=1', '--no-psqlrc', '--tuples-only', '--no-align', '-c', sql],
    ).then((text) => text.trim());
  try {
    await ask('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { ...server, ask, admit: (account) => admit(ask, account, port), countStatements: () => count(ask) };
}

async function admit(ask: Postgres['ask'], account: string, port: number): Promise<string> {
  const password = randomBytes(16).toString('hex');
  const there = (kind: string) => ask(`SELECT COUNT(*) FROM ${kind} = '${account}'`).then((n) => n === '1');
  if (!(await there('pg_roles WHERE rolname'))) await ask(`CREATE ROLE ${account} LOGIN`);
  await ask(`ALTER ROLE ${account} PASSWORD '${password}'`);
  if (!(await there('pg_database WHERE datname'))) await ask(`CREATE DATABASE ${account} OWNER ${account}`);
  return `postgres://${account}:${password}@127.0.0.1:${port}/${account}`;
}

async function count(ask: Postgres['ask']): Promise<number> {
  const text = await ask(
    'SELECT dealloc, (SELECT COALESCE(SUM(calls), 0) FROM pg_stat_statements) FROM pg_stat_statements_info',
  );
  const [forgotten, calls] = text.split('|').map(Number);
  if (forgotten !== 0) throw new Error('PostgreSQL has forgotten statements: raise pg_stat_statements.max');
  return calls!;
}

/** Deletes its data; nobody may use it any more. */
export const dropPostgres = () => remove(folder);

async function remove(path: string): Promise<void> {
  await mustRun([...asUser, 'rm', '-rf', path], { limitMs: commandLimitMs, cwd: '/' });
}
