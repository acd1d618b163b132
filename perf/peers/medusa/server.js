/** One server process. */
const { default: start } = require('@medusajs/medusa/commands/start');

start({ directory: __dirname, host: '127.0.0.1', port: Number(process.env.PEER_PORT) }).then(() =>
  console.log('listening'),
);
