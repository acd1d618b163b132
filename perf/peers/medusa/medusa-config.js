/**
 * Medusa as one process in production mode: events, cache, locks and workflows in memory, as it is without Redis; no
 * admin's pages. Pool of 20, as the other peer has.
 */
const { defineConfig } = require('@medusajs/framework/utils');

const { PEER_DB_URL, PEER_SECRET } = process.env;
const origin = 'http://127.0.0.1';

module.exports = defineConfig({
  admin: { disable: true },
  projectConfig: {
    databaseUrl: PEER_DB_URL,
    databaseDriverOptions: { connection: { ssl: false }, pool: { max: 20 } },
    workerMode: 'shared',
    http: {
      storeCors: origin,
      adminCors: origin,
      authCors: origin,
      jwtSecret: PEER_SECRET,
      cookieSecret: PEER_SECRET,
    },
  },
});
