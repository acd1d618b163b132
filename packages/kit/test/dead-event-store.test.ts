/** Dead events on a real MariaDB: kept once, and kept whatever they are. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ReceivedEvent } from '../src/dapr-subscribe.ts';
import { storeDeadEvent } from '../src/dead-event-store.ts';
import { newId } from '../src/identifier.ts';
import { type KitDatabase, openKitDatabase } from './kit-database.ts';

let schema: KitDatabase;

beforeAll(async () => {
  schema = await openKitDatabase();
});
afterAll(() => schema.close());

const event: ReceivedEvent = {
  id: newId(),
  type: 'order.confirmed',
  at: '2026-01-02T03:04:05.000Z',
  subject: 'O1',
  version: 3,
  payload: { orderId: 'O1' },
  traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
};
const rowOf = (id: string) =>
  schema.db('dead_events').select('id', 'topic', 'event', 'trace_id').where({ id }).first();

it('a dead event is kept once with its trace, however often its letter comes', async () => {
  await storeDeadEvent(schema.db, event);
  await storeDeadEvent(schema.db, event);
  const { traceparent, ...data } = event;
  const row = await rowOf(event.id);
  expect(row).toMatchObject({ id: event.id, topic: 'order.confirmed', trace_id: 'a'.repeat(32) });
  expect(JSON.parse(row.event)).toEqual(data);
});

it('what is not an event of ours is kept as well', async () => {
  const strange = { id: 'x'.repeat(60), type: 'y'.repeat(90) } as unknown as ReceivedEvent;
  await storeDeadEvent(schema.db, strange);
  expect(await rowOf('x'.repeat(26))).toMatchObject({ topic: 'y'.repeat(64), trace_id: null });
});
