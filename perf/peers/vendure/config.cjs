/** Vendure as its makers ship it: production mode, jobs in the database with a worker of their own, MariaDB, pool of 20. */
const {
  DefaultJobQueuePlugin,
  DefaultLogger,
  DefaultSearchPlugin,
  dummyPaymentHandler,
  LogLevel,
} = require('@vendure/core');

const { PEER_PORT, PEER_DB_PORT, PEER_DB_USER, PEER_DB_PASSWORD, PEER_DB_NAME, PEER_PASSWORD } = process.env;

/** `synchronize` makes the tables: only while seeding. */
exports.config = (synchronize) => ({
  apiOptions: {
    hostname: '127.0.0.1',
    port: Number(PEER_PORT),
    adminApiPath: 'admin-api',
    shopApiPath: 'shop-api',
  },
  authOptions: {
    tokenMethod: ['bearer'],
    requireVerification: false,
    superadminCredentials: { identifier: 'superadmin', password: PEER_PASSWORD },
    cookieOptions: { secret: PEER_PASSWORD },
  },
  dbConnectionOptions: {
    type: 'mysql',
    host: '127.0.0.1',
    port: Number(PEER_DB_PORT),
    username: PEER_DB_USER,
    password: PEER_DB_PASSWORD,
    database: PEER_DB_NAME,
    synchronize,
    logging: false,
    timezone: 'Z',
    charset: 'utf8mb4',
    extra: { connectionLimit: 20 },
  },
  logger: new DefaultLogger({ level: LogLevel.Warn }),
  paymentOptions: { paymentMethodHandlers: [dummyPaymentHandler] },
  importExportOptions: { importAssetsDir: __dirname },
  plugins: [
    DefaultJobQueuePlugin.init({ useDatabaseForBuffer: true }),
    DefaultSearchPlugin.init({ bufferUpdates: false, indexStockStatus: false }),
  ],
});
