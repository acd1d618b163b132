// Promises a payment provider on loopback that outlives the shop: `node tools/psp-simulator/main.ts`.
import Joi from 'joi';
import { createSimulator } from './simulator.ts';

const port = (name: string, fallback: number) => [name, Joi.number().port().default(fallback)] as const;
const text = (name: string, fallback: string) => [name, Joi.string().min(1).default(fallback)] as const;
const milliseconds = (name: string, fallback: number) =>
  [name, Joi.number().integer().min(0).max(600_000).default(fallback)] as const;

const schema = Joi.object(
  Object.fromEntries([
    port('PSP_PORT', 12_600),
    ['PSP_HOST', Joi.string().ip().default('127.0.0.1')],
    text('PSP_DATA', '.souk/data/psp/psp.sqlite'),
    ['PSP_API_KEY', Joi.string().min(8).required()],
    ['PSP_WEBHOOK_SECRET', Joi.string().min(8).required()],
    text('PSP_WEBHOOK_URL', 'http://127.0.0.1:8080/api/v1/payments/webhooks/simulator'),
    ['PSP_PUBLIC_URL', Joi.string().uri()],
    milliseconds('PSP_TIMEOUT_MS', 30_000),
    milliseconds('PSP_LATE_MS', 5_000),
    milliseconds('PSP_WEBHOOK_DELAY_MS', 300),
  ]),
).unknown(true);

const { value: env, error } = schema.validate(process.env, { abortEarly: false, stripUnknown: true });
if (error) {
  console.error(error.message);
  process.exit(1);
}

const simulator = createSimulator({
  dataPath: env.PSP_DATA,
  apiKey: env.PSP_API_KEY,
  webhookUrl: env.PSP_WEBHOOK_URL,
  webhookSecret: env.PSP_WEBHOOK_SECRET,
  publicUrl: env.PSP_PUBLIC_URL ?? `http://127.0.0.1:${env.PSP_PORT}`,
  delays: {
    timeoutMs: env.PSP_TIMEOUT_MS,
    lateMs: env.PSP_LATE_MS,
    webhookDelayMs: env.PSP_WEBHOOK_DELAY_MS,
  },
});
const server = simulator.app.listen(env.PSP_PORT, env.PSP_HOST, (failure?: Error) => {
  if (failure) {
    console.error(
      JSON.stringify({
        level: 'error',
        message: 'psp.listen-failed',
        port: env.PSP_PORT,
        error: failure.message,
      }),
    );
    process.exit(1);
  }
  simulator.start();
  console.log(JSON.stringify({ level: 'info', message: 'psp.ready', port: env.PSP_PORT }));
});

const stop = () => {
  server.close();
  // A caller of a hanging card would hold the process for half a minute.
  server.closeAllConnections();
  void simulator.stop().then(() => process.exit(0));
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
