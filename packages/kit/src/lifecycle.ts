/**
 * The life of a process: listen → live → sidecar → secrets → database → preparation → ready; SIGTERM → not ready → finish → exit 0.
 * Any process may start in any order; what is missing is awaited, and readiness says so honestly.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { flushCompileCache } from 'node:module';
import { type Environment, readConfig } from './config.ts';
import { armCrashPoint } from './crash-point.ts';
import { createDapr, type Dapr } from './dapr.ts';
import { type Database, openDatabase, pingDatabase } from './db.ts';
import { watchFlags } from './flags.ts';
import { newId } from './identifier.ts';
import { createLog, type Log } from './log.ts';
import { problemOf, Refusal } from './problem.ts';
import { startRelay } from './relay.ts';
import { appOf, type Deps, type ServiceDefinition } from './service.ts';
import { watchSubscriptions } from './subscription-watch.ts';
import { flushSpans } from './trace.ts';

const drainMs = 10_000;
const closeIdleEveryMs = 50;
const retryMs = 500;
const readyTimeoutMs = 700;
/** Longer than Envoy's and daprd's idle times, so that it is never we who close a connection they are about to use. */
const keepAliveMs = 120_000;

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

interface Life {
  handler?: Handler;
  /** Asked by readiness: a service without tables has none. */
  db?: Database;
  /** What has been started so far and must end before the process does. */
  running: { stop(): Promise<void> }[];
  stopping: boolean;
}

/** Runs a service until it is told to stop. The promise settles when the service is ready. */
export async function runService<Config extends object>(
  definition: ServiceDefinition<Config>,
  env: Environment,
): Promise<void> {
  const config = readConfig<Config>(env, definition.config);
  const log = createLog(definition.name, { level: config.LOG_LEVEL });
  armCrashPoint(config.SOUK_CRASH_POINT, config.SOUK_CRASH_PASS);
  const life: Life = { stopping: false, running: [] };
  const server = listen(life, config);
  stopOnSignal(life, server, log);
  log.info('service.listening', { port: config.APP_PORT });
  const dapr = createDapr({
    appId: definition.name,
    httpPort: config.DAPR_HTTP_PORT,
    grpcPort: config.DAPR_GRPC_PORT,
    apiToken: config.DAPR_API_TOKEN,
    log,
  });
  const secrets = await eventually(log, 'sidecar', life, () => readSecrets(dapr, definition));
  if (!secrets) return;
  const db = openDatabase({
    host: config.DB_HOST,
    port: config.DB_PORT,
    user: definition.name,
    password: secrets[`database-${definition.name}`] ?? '',
    database: definition.name,
    poolSize: config.DB_POOL_SIZE,
  });
  if (definition.hasDatabase) await eventually(log, 'database', life, () => pingDatabase(db, readyTimeoutMs));
  if (life.stopping) return;
  const relay = definition.hasDatabase ? startRelay({ service: definition.name, db, dapr, log }) : undefined;
  if (relay) life.running.push(relay);
  const flags = watchFlags(definition.name, { dapr, log });
  life.running.push(flags);
  const deps: Deps<Config> = {
    config,
    db,
    dapr,
    log,
    now: () => new Date(),
    newId,
    secrets,
    wakeRelay: () => relay?.wake(),
    flags,
  };
  const built = definition.build(deps);
  if (built.prepare) await eventually(log, 'preparation', life, built.prepare);
  if (life.stopping) return;
  const work = built.start?.();
  if (work) life.running.push(work);
  if (definition.hasDatabase) life.db = db;
  life.handler = appOf(definition, built, deps);
  const topics = Object.keys(built.events ?? {});
  if (topics.length > 0) life.running.push(watchSubscriptions({ dapr, log, topics }));
  log.info('service.ready', { port: config.APP_PORT });
  // Now, because a process that is killed leaves nothing for the next one. Without NODE_COMPILE_CACHE it does nothing.
  flushCompileCache();
}

async function readSecrets<C>(dapr: Dapr, definition: ServiceDefinition<C>): Promise<Record<string, string>> {
  await dapr.untilReady(30_000);
  const names = [...(definition.hasDatabase ? [`database-${definition.name}`] : []), ...definition.secrets];
  const found = await Promise.all(names.map((name) => dapr.secrets('secretstore', name)));
  return Object.freeze(Object.assign({}, ...found));
}

/** Tries until it works or the process is told to stop; each kind of failure is logged, not each attempt. */
async function eventually<T>(
  log: Log,
  component: string,
  life: Life,
  attempt: () => Promise<T>,
): Promise<T | undefined> {
  let lastReason = '';
  while (!life.stopping) {
    try {
      return await attempt();
    } catch (error) {
      const reason = (error as Error).message;
      if (reason !== lastReason) log.warn('service.waiting', { component, reason });
      lastReason = reason;
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }
  return undefined;
}

/** Twice the ingress's limit on headers: what it lets through, with what it adds, is never refused here. */
const maxHeaderBytes = 32_768;

function listen(life: Life, { APP_PORT, APP_HOST }: { APP_PORT: number; APP_HOST: string }): Server {
  const server = createServer(
    { maxHeaderSize: maxHeaderBytes, keepAliveTimeout: keepAliveMs },
    (request, response) => {
      if (request.url === '/livez') return answer(response, 200);
      if (request.url === '/readyz')
        return void readiness(life).then((ready) => answer(response, ready ? 200 : 503));
      if (life.handler) return life.handler(request, response);
      answer(response, 503);
    },
  );
  server.headersTimeout = 10_000;
  server.requestTimeout = 15_000;
  server.listen(APP_PORT, APP_HOST);
  return server;
}

/** Ready while the service is built, not stopping, and its database answers. */
async function readiness(life: Life): Promise<boolean> {
  if (!life.handler || life.stopping) return false;
  if (!life.db) return true;
  return pingDatabase(life.db, readyTimeoutMs).then(
    () => true,
    () => false,
  );
}

function answer(response: ServerResponse, status: number): void {
  if (status === 200) return void response.writeHead(200).end();
  response.writeHead(status, { 'content-type': 'application/problem+json', 'retry-after': '1' });
  response.end(JSON.stringify(problemOf(new Refusal('unavailable', 'The service is starting or stopping.'))));
}

/** Lets what is in hand end, and not more: requests first come in again elsewhere, the outbox keeps its rows. */
function stopOnSignal(life: Life, server: Server, log: Log): void {
  const stop = async () => {
    if (life.stopping) return;
    life.stopping = true;
    log.info('service.stopping');
    setTimeout(() => process.exit(1), drainMs).unref();
    const closed = new Promise((resolve) => server.close(resolve));
    // A connection that is kept alive is idle only after its last answer; nobody else would close it then.
    setInterval(() => server.closeIdleConnections(), closeIdleEveryMs);
    await Promise.all(life.running.map((part) => part.stop()));
    await closed;
    await life.db?.destroy();
    await flushSpans();
    process.exit(0);
  };
  process.once('SIGTERM', () => void stop());
  process.once('SIGINT', () => void stop());
}
