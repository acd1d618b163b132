/** One worker process. */
const { bootstrapWorker } = require('@vendure/core');
const { config } = require('./config.cjs');

bootstrapWorker(config(false))
  .then((worker) => worker.startJobQueue())
  .then(() => console.log('listening'));
