/** What a service is to kit: a name, what it needs, and how it is built from that. Nothing happens at import time. */
import type { RequestListener } from 'node:http';
import type { EventType } from '@souk/contracts/events';
import type { ServiceName } from '@souk/contracts/ports';
import type joi from 'joi';
import type { KeySource } from './auth.ts';
import type { CommonConfig } from './config.ts';
import type { Dapr } from './dapr.ts';
import { addSubscriptions, type EventHandler, type KeepDead } from './dapr-subscribe.ts';
import type { Database } from './db.ts';
import { storeDeadEvent } from './dead-event-store.ts';
import type { Flags } from './flags.ts';
import { createApp } from './http.ts';
import type { Log } from './log.ts';
import { neighbourKeys } from './neighbour-keys.ts';
import type { Route } from './routes.ts';

/** Everything from outside that a service's code may use. Tests hand in their own. */
export interface Deps<Config = object> {
  config: Readonly<CommonConfig & Config>;
  db: Database;
  dapr: Dapr;
  log: Log;
  /** The time; tests set it. */
  now: () => Date;
  /** A new ULID. */
  newId: () => string;
  /** Secrets by name, from the secret store. */
  secrets: Readonly<Record<string, string>>;
  /** Wakes the outbox relay after a commit. */
  wakeRelay: () => void;
  /** What operators turn while the shop runs. */
  flags: Flags;
}

/** The parts of a built service. */
export interface BuiltService {
  routes: Route[];
  /** Topic → what to do with its events. */
  events?: Partial<Record<EventType, EventHandler>>;
  /** Where events end that it cannot apply; its table dead_events if absent. */
  keepDead?: KeepDead;
  /** By which access tokens are checked; identity's, asked through the sidecar, if absent. */
  keys?: KeySource;
  /** Brings what requests need; the service is ready only when it has worked. */
  prepare?: () => Promise<void>;
  /** Work that goes on beside requests; answers how to stop it. */
  start?: () => { stop(): Promise<void> };
}

export interface ServiceDefinition<Config = object> {
  name: ServiceName;
  /** Own environment variables, see readConfig. */
  config?: joi.SchemaMap;
  /** Whether it has a schema in MariaDB (and so an outbox, an inbox and a relay). */
  hasDatabase: boolean;
  /** Names of the secrets that it needs, beside its database password. */
  secrets: readonly string[];
  build(deps: Deps<Config>): BuiltService;
}

/** What answers the requests of a built service: its routes, its event routes, problem documents. */
export function appOf<Config>(
  definition: ServiceDefinition<Config>,
  built: BuiltService,
  deps: Pick<Deps, 'log' | 'db' | 'config' | 'dapr' | 'flags'>,
): RequestListener {
  return createApp({
    service: definition.name,
    routes: built.routes,
    log: deps.log,
    appToken: deps.config.APP_API_TOKEN,
    keys: built.keys ?? neighbourKeys(deps.dapr),
    flags: deps.flags,
    extra: (app) =>
      addSubscriptions(app, {
        service: definition.name,
        handlers: built.events ?? {},
        appToken: deps.config.APP_API_TOKEN,
        log: deps.log,
        keepDead: built.keepDead ?? ((event, reason) => storeDeadEvent(deps.db, event, reason)),
      }),
  });
}
