/** The HTTP edge of a service: limits, validation, access, answers and problem documents, the same everywhere. */
import type { IncomingHttpHeaders, RequestListener } from 'node:http';
import type { ServiceName } from '@souk/contracts/ports';
import { problems } from '@souk/contracts/problems';
import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Response } from 'express';
import { type KeySource, nobody } from './auth.ts';
import { addressOf, type Edge, entranceOf } from './entrance.ts';
import type { Flags } from './flags.ts';
import type { Log } from './log.ts';
import { openApiOf } from './openapi.ts';
import { asRefusal, problemOf, Refusal } from './problem.ts';
import { withReadyAnswers } from './ready-answers.ts';
import { expressPath, type Input, type Route } from './routes.ts';
import { send } from './send.ts';
import { currentTraceparent } from './trace.ts';
import { type Fault, namedValues, refuseFaults, validatorOf } from './validate.ts';

export interface AppOptions {
  service: ServiceName;
  routes: Route[];
  log: Log;
  /** APP_API_TOKEN: proof that a request came through our sidecar. */
  appToken: string;
  /** By which access tokens are checked; without it every token is refused. */
  keys?: KeySource;
  flags?: Flags;
  /** Further handlers, e.g. event routes; they come after the routes. */
  extra?: (app: Express) => void;
}

const bodyLimitBytes = 65_536;

/** Builds what answers a service's requests: an Express app behind the answers that lie ready. It opens no socket. */
export function createApp(options: AppOptions): RequestListener {
  const { service, routes, log, appToken, keys = noKeys, flags, extra } = options;
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.set('case sensitive routing', true);
  app.set('strict routing', true);
  app.use(traced(log));
  const document = openApiOf(service, routes);
  app.get('/openapi.json', (_request, response) => void response.json(document));
  for (const route of routes) addRoute(app, route, { service, appToken, keys, flags });
  for (const [path, methods] of Map.groupBy(routes, (route) => route.path)) {
    app.all(expressPath(path), methodNotAllowed(methods.map(({ method }) => method)));
  }
  extra?.(app);
  app.use((_request, _response, next) => next(new Refusal('not-found')));
  app.use(problemHandler(log));
  return withReadyAnswers(app, routes, flags);
}

/** Echoes the trace and writes one line a request; a timer that went well is not worth one. */
function traced(log: Log): RequestHandler {
  return (request, response, next) => {
    const traceparent = currentTraceparent();
    if (traceparent) response.setHeader('traceparent', traceparent);
    const startedMs = performance.now();
    response.on('finish', () => {
      const quiet = response.locals.isTimer && response.statusCode < 400;
      log[quiet ? 'debug' : 'info']('request', {
        method: request.method,
        route: request.route?.path ?? 'none',
        status: response.statusCode,
        durationMs: Math.round((performance.now() - startedMs) * 10) / 10,
      });
    });
    next();
  };
}

const noKeys: KeySource = { find: async () => undefined };

function addRoute(app: Express, route: Route, edge: Edge): void {
  const handlers = entranceOf(route, edge);
  const limit = route.bodyLimitBytes ?? bodyLimitBytes;
  if (route.rawBody) handlers.push(express.raw({ type: () => true, limit }));
  else if (route.body) handlers.push(jsonOnly, express.json({ limit, strict: false, type: () => true }));
  const read = inputReader(route);
  handlers.push(async (request, response) => {
    send(response, await route.handle(read(request, response)), request);
  });
  const method = route.method.toLowerCase() as 'get';
  app[method](expressPath(route.path), ...handlers);
}

/** A body that calls itself something else is refused before it is read. */
const jsonOnly: RequestHandler = (request, _response, next) => {
  const type = request.get('content-type');
  next(
    type === undefined || request.is('application/json') ? undefined : new Refusal('unsupported-media-type'),
  );
};

function inputReader(route: Route): (request: express.Request, response: Response) => Input {
  const params = validatorOf('path', namedValues(route.params));
  const query = validatorOf('query', namedValues(route.query, route.queryPattern));
  const headers = validatorOf('headers', namedValues(route.headers));
  const headerNames = Object.keys(route.headers ?? {});
  const body = route.body && validatorOf('body', route.body.required());
  return (request, response) => {
    const faults: Fault[] = [];
    const input = {
      url: request.url,
      caller: response.locals.caller ?? nobody,
      address: addressOf(request),
      params: params(request.params, faults),
      query: query({ ...request.query }, faults),
      headers: headers(picked(request.headers, headerNames), faults),
      body: body?.(request.body, faults),
      rawBody: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
    };
    refuseFaults(faults);
    return input as Input;
  };
}

/** Only what the route asks for: a request carries a dozen headers more. */
function picked(headers: IncomingHttpHeaders, names: readonly string[]): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const name of names) if (headers[name] !== undefined) found[name] = headers[name];
  return found;
}

function methodNotAllowed(methods: string[]): RequestHandler {
  const allow = (methods.includes('GET') ? [...methods, 'HEAD'] : methods).join(', ');
  return (request, response, next) => {
    response.setHeader('allow', allow);
    if (request.method === 'OPTIONS') return void response.status(204).end();
    next(new Refusal('method-not-allowed'));
  };
}

/** The last handler: whatever was thrown becomes a problem document; only what nobody foresaw is logged whole. */
export function problemHandler(log: Log): ErrorRequestHandler {
  return (error, _request, response, next) => {
    if (response.headersSent) return next(error);
    const refusal = asRefusal(error);
    if (refusal.code === 'internal')
      log.error('request.failed', { reason: String(error), stack: error?.stack });
    sendProblem(response, refusal);
  };
}

/** Writes a refusal as application/problem+json, with Retry-After where waiting helps. */
export function sendProblem(response: Response, refusal: Refusal): void {
  const { retryAfterSeconds, ...extra } = refusal.extra;
  const { status } = problems[refusal.code];
  const waits = retryAfterSeconds ?? (status === 503 || status === 429 ? 1 : undefined);
  if (waits !== undefined) response.setHeader('retry-after', String(waits));
  if (status === 401) response.setHeader('www-authenticate', 'Bearer');
  const traceId = currentTraceparent()?.split('-')[1];
  const document = problemOf(new Refusal(refusal.code, refusal.detail, extra), traceId);
  response.status(status).type('application/problem+json').send(JSON.stringify(document));
}
