/** The receiving side of events: what to subscribe to, and Express routes that hand each event to its handler. */
import { deadLetterTopic, type EventType, envelope } from '@souk/contracts/events';
import type { ServiceName } from '@souk/contracts/ports';
import express, { type Express, type RequestHandler } from 'express';
import joi from 'joi';
import { type FailureReasons, rememberFailures } from './failure-reasons.ts';
import type { Log } from './log.ts';
import { sidecarOnly } from './sidecar.ts';
import { currentTraceparent, setOrderId, withTraceparent } from './trace.ts';

/** An event as a handler gets it; `id` is the inbox key. */
export interface ReceivedEvent {
  id: string;
  type: EventType;
  at: string;
  subject: string;
  version: number;
  // biome-ignore lint/suspicious/noExplicitAny: its shape is the event table's, by type
  payload: any;
  traceparent: string | undefined;
}

/** Applies an event. Whatever it throws makes the sidecar deliver again, and after some seconds to the dead letters. */
export type EventHandler = (event: ReceivedEvent) => Promise<void>;

/** Keeps a dead event, once however often it is called; `reason` is why it failed last, as far as it is known here. */
export type KeepDead = (event: ReceivedEvent, reason: string) => Promise<void>;

export interface SubscriptionOptions {
  service: ServiceName;
  handlers: Partial<Record<EventType, EventHandler>>;
  appToken: string;
  log: Log;
  keepDead: KeepDead;
}

const pubsubname = 'pubsub';
const bodyLimit = '512kb';
const deadRoute = '/events/dead-letters';
/** Fields may be added to events at any time; what is known must be there and of its type. */
const schema = joi.object(envelope).unknown(true).required().prefs({ convert: false });

/** Adds GET /dapr/subscribe and a POST route for each topic and for the dead letters; all need the sidecar's token. */
export function addSubscriptions(
  app: Express,
  { service, handlers, appToken, log, keepDead }: SubscriptionOptions,
): void {
  const ours = sidecarOnly(appToken);
  const json = express.json({ limit: bodyLimit, type: () => true });
  const deadLetters = deadLetterTopic(service);
  const topics = Object.keys(handlers) as EventType[];
  const receiving = { log, reasons: rememberFailures() };
  const subscriptions = topics.map((topic) => ({
    pubsubname,
    topic,
    route: `/events/${topic}`,
    deadLetterTopic: deadLetters,
  }));
  // To itself: a dead letter that cannot be stored now must not be lost either.
  if (topics.length > 0) {
    subscriptions.push({
      pubsubname,
      topic: deadLetters as EventType,
      route: deadRoute,
      deadLetterTopic: deadLetters,
    });
  }
  app.get('/dapr/subscribe', ours, (_request, response) => void response.json(subscriptions));
  for (const topic of topics) {
    app.post(`/events/${topic}`, ours, json, receive(receiving, eventOf, handlers[topic]!));
  }
  app.post(deadRoute, ours, json, receive(receiving, lenientEventOf, bury(receiving, keepDead)));
}

type Read = (cloudEvent: unknown) => ReceivedEvent;

interface Receiving {
  log: Log;
  reasons: FailureReasons;
}

/**
 * Answers 200 when the handler is done and 500 when it throws, whatever it throws: a 404 would make the sidecar drop the
 * event, a 503 from a refusal is no different from a 500.
 */
function receive({ log, reasons }: Receiving, read: Read, handler: EventHandler): RequestHandler {
  return async (request, response) => {
    try {
      const event = read(request.body);
      await inTraceOf(event, async () => {
        if (typeof event.payload?.orderId === 'string') setOrderId(event.payload.orderId);
        await handler(event);
      });
      reasons.forget(request.body?.id);
      response.json({ status: 'SUCCESS' });
    } catch (error) {
      const reason = (error as Error).message;
      if (request.path !== deadRoute) reasons.note(request.body?.id, reason);
      log.warn('event.failed', {
        topic: request.path.slice('/events/'.length),
        eventId: request.body?.id,
        reason,
      });
      response.status(500).json({ error: 'the event was not applied' });
    }
  };
}

/** The sidecar already sends the event's trace along, but for letters that were stored and sent again. */
function inTraceOf(event: ReceivedEvent, work: () => Promise<void>): Promise<void> {
  const own = currentTraceparent()?.split('-')[1];
  const given = event.traceparent?.split('-')[1];
  return given === undefined || own === given ? work() : withTraceparent(event.traceparent, event.type, work);
}

function eventOf(cloudEvent: unknown): ReceivedEvent {
  const { data, traceparent } = (cloudEvent ?? {}) as { data?: unknown; traceparent?: string };
  const { value, error } = schema.validate(data);
  if (error) throw new Error(`not an event of ours: ${error.message}`);
  return { ...value, traceparent };
}

/** A dead letter may be anything: that may be why it is dead. */
function lenientEventOf(cloudEvent: unknown): ReceivedEvent {
  const { id, type, data, traceparent } = (cloudEvent ?? {}) as Record<string, unknown> & { data?: object };
  return { id, type, ...data, traceparent } as ReceivedEvent;
}

function bury({ log, reasons }: Receiving, keepDead: KeepDead): EventHandler {
  return async (event) => {
    log.error('event.dead', { topic: event.type, eventId: event.id });
    await keepDead(event, reasons.of(event.id));
  };
}
