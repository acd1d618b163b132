/** One server process. */
const { bootstrap } = require('@vendure/core');
const { config } = require('./config.cjs');

bootstrap(config(false)).then(() => console.log('listening'));
