/** The migrations' Job: brings every service's tables up to date in the database that the environment names, and ends. */
import { migrateAll } from '../../tools/migrate/migrate.ts';

const { DB_HOST: host, DB_PORT: port, MIGRATOR_PASSWORD: password } = process.env;
if (!host || !port || !password) {
  console.error('DB_HOST, DB_PORT and MIGRATOR_PASSWORD are needed');
  process.exit(2);
}
const outcome = await migrateAll({ host, port: Number(port), user: 'souk_migrator', password });
console.log(JSON.stringify({ level: 'info', event: 'tables.migrated', outcome }));
