/** The tools' own connections to MariaDB; services never use these accounts. */
import { ports } from '@souk/contracts/ports';
import { type Connection, createConnection } from 'mysql2/promise';
import { ensureSecrets } from './secrets.ts';

const connectLimitMs = 2_000;

/** Connection settings of the account with all rights. */
export function adminAccount() {
  const password = ensureSecrets().platform['database-admin'];
  return { host: '127.0.0.1', port: ports.mariadb, user: 'souk_admin', password };
}

/** Connection settings of the account that changes tables. */
export function migratorAccount() {
  const password = ensureSecrets().platform['database-migrator'];
  return { host: '127.0.0.1', port: ports.mariadb, user: 'souk_migrator', password };
}

/** An administrator's connection; the caller ends it. */
export function openAdmin(): Promise<Connection> {
  return createConnection({ ...adminAccount(), connectTimeout: connectLimitMs });
}
