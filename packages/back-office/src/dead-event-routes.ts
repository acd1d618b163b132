/** Staff's way to dead events of one service: look at them, and send one again once its cause is gone. */
import { idSchema, timeSchema } from '@souk/contracts/identifiers';
import type { ServiceName } from '@souk/contracts/ports';
import type { ReceivedEvent } from '@souk/kit/dapr-subscribe';
import { refuse } from '@souk/kit/problem';
import { type Input, type Reply, type Route, reply } from '@souk/kit/routes';
import type { BuiltService, Deps } from '@souk/kit/service';
import { withTraceparent } from '@souk/kit/trace';
import { idempotencyKeySchema, pageQuery } from '@souk/kit/validate';
import joi from 'joi';
import { type DeadEvent, deleteDeadEvent, findDeadEvent, listDeadEvents } from './dead-event-store.ts';
import { type CommandDeps, createByStaff } from './staff-command.ts';

type Handlers = NonNullable<BuiltService['events']>;

/** Where a service keeps its dead events. */
export interface DeadEvents {
  /** Those older than `beforeId`, newest first. */
  list(page: { beforeId?: string; limit: number }): Promise<DeadEvent[]>;
  find(id: string): Promise<DeadEvent | undefined>;
  /**
   * Takes a redriven event out and answers the request, once for each Idempotency-Key; without an event, the stored
   * answer of that key or a refusal with `not-found`.
   */
  settle(input: Input, dead: DeadEvent | undefined): Promise<Reply>;
}

interface Shelf extends Pick<Deps, 'log'> {
  store: DeadEvents;
}

const deadEventSchema = joi.object({
  id: joi.string().required(),
  topic: joi.string().required(),
  reason: joi.string().required(),
  traceId: joi.string().allow(null).required(),
  at: timeSchema.required(),
  event: joi.object().unknown().required(),
});

/** GET /admin/{service}/dead-events, and POST …/{id}/redrive, which applies an event again; kept in `dead_events`. */
export function deadEventRoutes(
  service: ServiceName,
  handlers: Handlers,
  { log, ...deps }: CommandDeps & Pick<Deps, 'log'>,
): Route[] {
  return keptEventRoutes(service, handlers, { log, store: inTable(deps) });
}

/** The same routes for a service that keeps its dead events elsewhere. */
export function keptEventRoutes(service: ServiceName, handlers: Handlers, shelf: Shelf): Route[] {
  const path = `/admin/${service}/dead-events`;
  const name = `${service[0]!.toUpperCase()}${service.slice(1)}`;
  return [
    {
      method: 'GET',
      path,
      operationId: `list${name}DeadEvents`,
      summary: `Events that ${service} could not apply, newest first`,
      audience: 'staff',
      permission: 'events.read',
      query: pageQuery,
      responses: {
        200: joi.object({
          items: joi.array().items(deadEventSchema).required(),
          nextCursor: joi.string().allow(null).required(),
        }),
      },
      handle: ({ query }) => list(shelf, query.limit, query.cursor),
    },
    {
      method: 'POST',
      path: `${path}/{id}/redrive`,
      operationId: `redrive${name}DeadEvent`,
      summary: 'Apply a dead event again; it is kept if it fails again',
      audience: 'staff',
      permission: 'events.write',
      params: { id: idSchema },
      headers: { 'idempotency-key': idempotencyKeySchema },
      responses: { 200: joi.object({ id: idSchema.required() }) },
      problems: [
        'idempotency-key-required',
        'idempotency-key-reused',
        'idempotency-key-in-use',
        'still-failing',
      ],
      handle: (input) => redrive(shelf, handlers, input),
    },
  ];
}

async function list({ store }: Shelf, limit: number, cursor?: string): Promise<Reply> {
  const rows = await store.list({ limit: limit + 1, ...(cursor && { beforeId: cursor }) });
  const items = rows.slice(0, limit);
  const nextCursor = rows.length > limit ? items.at(-1)!.id : null;
  return reply(200, { items: items.map(viewOf), nextCursor });
}

/**
 * The handler's own inbox row makes a second application harmless, so the event goes first and its row after it: a crash
 * between the two leaves a dead event that can be sent again.
 */
async function redrive(shelf: Shelf, handlers: Handlers, input: Input): Promise<Reply> {
  if (!input.headers['idempotency-key']) refuse('idempotency-key-required');
  const dead = await shelf.store.find(input.params.id!);
  if (dead) await apply(shelf, handlers, dead);
  return shelf.store.settle(input, dead);
}

function inTable(deps: CommandDeps): DeadEvents {
  return {
    list: (page) => listDeadEvents(deps.db, page),
    find: (id) => findDeadEvent(deps.db, id),
    settle: (input, dead) =>
      createByStaff(deps, input, async (tx) => {
        if (!dead) return refuse('not-found');
        const { id, topic, reason } = dead;
        await deleteDeadEvent(tx, id);
        const what = { action: 'event.redriven', entity: 'dead-event', entityId: id };
        const change = { ...what, before: { topic, reason }, after: null };
        return { change, reply: reply(200, { id }) };
      }),
  };
}

async function apply({ log }: Shelf, handlers: Handlers, dead: DeadEvent): Promise<void> {
  const event = JSON.parse(dead.event) as ReceivedEvent;
  const handler = handlers[event.type];
  if (!handler) refuse('still-failing', 'Nobody here listens to such events.');
  const parent = dead.traceId ? `00-${dead.traceId}-${'0'.repeat(15)}1-01` : undefined;
  await withTraceparent(parent, `redrive ${event.type}`, () =>
    handler({ ...event, traceparent: parent }),
  ).catch((error: Error) => {
    log.warn('event.failed', { topic: dead.topic, eventId: dead.id, reason: error.message });
    refuse('still-failing', error.message.slice(0, 300));
  });
}

function viewOf({ id, topic, reason, traceId, at, event }: DeadEvent) {
  return { id, topic, reason, traceId, at: at.toISOString(), event: JSON.parse(event) };
}
