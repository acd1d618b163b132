// Promises the provider's merchant API: payments, capture, void, refunds and the ledger, each behind the API key.
import { type Request, type Response, Router } from 'express';
import type { Faults } from './faults.ts';
import { refuse, sendProblem } from './problem.ts';
import type { Answer, PaymentOrder, Provider } from './provider.ts';
import { captured, voided } from './provider-payment.ts';
import type { ProviderStore } from './provider-store.ts';
import { checked, keyOf, requireApiKey, schemas } from './requests.ts';

export interface ApiDeps {
  provider: Provider;
  store: ProviderStore;
  faults: Faults;
  apiKey: string;
}
type Handler = (req: Request, res: Response) => void;

/** How long `tok_late` lets its caller hang before the gateway gives up; beyond any caller's budget. */
const gatewayTimeoutMs = 3_000;

/** The routes under /v1. */
export function apiRoutes({ provider, store, faults, apiKey }: ApiDeps): Router {
  const router = Router();
  const answer = (res: Response, done: Answer) => answerLater(res, done, faults);
  const idOf = (req: Request) => String(req.params.id);
  const get = (path: string, handler: Handler) => router.get(path, handler);
  const post = (path: string, handler: Handler) => router.post(path, handler);

  router.use((req, _res, next) => {
    requireApiKey(req, apiKey);
    if (faults.down) refuse('unavailable', 503, 'The provider is down, as a test has asked.');
    next();
  });
  post('/payments', (req, res) =>
    answer(res, provider.take(checked<PaymentOrder>(schemas.payment, req.body), keyOf(req))),
  );
  get('/payments', (req, res) => {
    const { orderId } = checked<{ orderId: string }>(schemas.ofOrder, req.query, true);
    res.json(provider.readOf(orderId));
  });
  get('/payments/:id', (req, res) => void res.json(provider.read(idOf(req))));
  post('/payments/:id/capture', (req, res) => {
    const { amount } = checked<{ amount: number }>(schemas.capture, req.body);
    answer(
      res,
      provider.change({ id: idOf(req), ...keyOf(req) }, (payment) => captured(payment, amount)),
    );
  });
  post('/payments/:id/void', (req, res) => {
    checked(schemas.void, req.body);
    answer(res, provider.change({ id: idOf(req), ...keyOf(req) }, voided));
  });
  post('/payments/:id/refunds', (req, res) => {
    const { amount } = checked<{ amount: number }>(schemas.refund, req.body);
    answer(res, provider.refund({ id: idOf(req), ...keyOf(req) }, amount));
  });
  get('/ledger', (req, res) => {
    const page = checked<{ after: number; limit: number }>(schemas.page, req.query, true);
    const lines = store.ledgerAfter(page.after, page.limit);
    const items = lines.map(({ atMs, ...line }) => ({ ...line, at: new Date(atMs).toISOString() }));
    res.json({ items, next: lines.length === page.limit ? lines.at(-1)!.seq : null });
  });
  return router;
}

function answerLater(res: Response, done: Answer, faults: Faults): void {
  const delayMs = { 'at-once': 0, 'after-timeout': faults.timeoutMs, 'gateway-timeout': gatewayTimeoutMs }[
    done.answer
  ];
  const send = () => {
    if (done.answer === 'gateway-timeout') {
      sendProblem(res, {
        code: 'gateway-timeout',
        status: 504,
        message: 'The bank has not answered in time.',
      });
      return;
    }
    if (done.replayed) res.set('Idempotent-Replayed', 'true');
    res.type('application/json').send(done.body);
  };
  if (delayMs + faults.latencyMs === 0) {
    send();
    return;
  }
  const timer = setTimeout(send, delayMs + faults.latencyMs);
  res.on('close', () => clearTimeout(timer));
}
