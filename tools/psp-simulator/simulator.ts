// Promises the whole simulator as one value: an Express app over a durable file, and a sender of webhooks.
import express, { type Express } from 'express';
import { apiRoutes } from './api-routes.ts';
import { challengeRoutes } from './challenge-routes.ts';
import { openDeliveryStore } from './delivery-store.ts';
import { type Delays, type Faults, noFaults } from './faults.ts';
import { problemHandler, refuse } from './problem.ts';
import { createProvider } from './provider.ts';
import { openProviderStore } from './provider-store.ts';
import { checked, requireApiKey, schemas } from './requests.ts';
import { createWebhookSender } from './webhook-sender.ts';

/** `dataPath` names the SQLite file; `publicUrl` is where a shopper's browser reaches the 3-D Secure page. */
export interface SimulatorConfig {
  dataPath: string;
  /** One, or while it is being rotated several with commas between them: each opens. */
  apiKey: string;
  webhookUrl: string;
  /** One, or several with commas between them: the first signs. */
  webhookSecret: string;
  publicUrl: string;
  delays: Delays;
}
const keepMs = 7 * 24 * 3_600_000;

/** Opens the file and wires the parts; `start` begins to send webhooks, `stop` ends that and closes the file. */
export function createSimulator(config: SimulatorConfig, clock: () => number = Date.now) {
  const store = openProviderStore(config.dataPath);
  const deliveries = openDeliveryStore(store.db);
  const faults = noFaults(config.delays);
  const provider = createProvider({
    store,
    deliveries,
    faults,
    clock,
    publicUrl: config.publicUrl,
    wake: () => sender.wake(),
  });
  const { webhookUrl: url } = config;
  const [secret = ''] = config.webhookSecret.split(',');
  const sender = createWebhookSender({
    deliveries,
    faults,
    clock,
    url,
    secret,
    settleDue: provider.settleDue,
  });
  const app = createApp();
  app.get('/livez', (_req, res) => void res.json({ status: 'live' }));
  app.use(
    '/control',
    controlRoutes({ faults, apiKey: config.apiKey, pending: () => pending(deliveries, store) }),
  );
  app.use('/v1', apiRoutes({ provider, store, faults, apiKey: config.apiKey }));
  app.use('/3ds', challengeRoutes(provider));
  app.use((req) => refuse('not-found', 404, `There is no ${req.method} ${req.path}.`));
  app.use(problemHandler);
  return {
    app,
    start: () => {
      store.forgetAnswersBefore(clock() - keepMs);
      deliveries.forgetFinishedBefore(clock() - keepMs);
      sender.start();
    },
    stop: async () => {
      await sender.stop();
      store.close();
    },
  };
}

function createApp(): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(express.json({ limit: '64kb', strict: true }));
  return app;
}

function pending(
  deliveries: ReturnType<typeof openDeliveryStore>,
  store: ReturnType<typeof openProviderStore>,
) {
  return {
    pendingWebhooks: deliveries.countOf('pending'),
    failedWebhooks: deliveries.countOf('failed'),
    pendingSettlements: store.paymentsToSettle(Number.MAX_SAFE_INTEGER).length,
  };
}

function controlRoutes(deps: { faults: Faults; apiKey: string; pending: () => object }) {
  const router = express.Router();
  router.use((req, _res, next) => {
    requireApiKey(req, deps.apiKey);
    next();
  });
  router.get('/', (_req, res) => void res.json({ ...deps.faults, ...deps.pending() }));
  router.put('/', (req, res) => {
    Object.assign(deps.faults, checked<Partial<Faults>>(schemas.control, req.body));
    res.json(deps.faults);
  });
  return router;
}
