/** Dead events on a real MariaDB: kept once, and kept whatever they are. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ReceivedEvent } from '../src/dapr-subscribe.ts';
import { deleteDeadEventsNaming, storeDeadEvent } from '../src/dead-event-store.ts';
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
  schema.db('dead_events').select('id', 'topic', 'event', 'reason', 'trace_id').where({ id }).first();

it('a dead event is kept once with its trace, however often its letter comes', async () => {
  await storeDeadEvent(schema.db, event, 'no such cart');
  await storeDeadEvent(schema.db, event, 'no such cart');
  const { traceparent, ...data } = event;
  const row = await rowOf(event.id);
  expect(row).toMatchObject({ id: event.id, topic: 'order.confirmed', reason: 'no such cart' });
  expect(row.trace_id).toBe('a'.repeat(32));
  expect(JSON.parse(row.event)).toEqual(data);
});

it('what is not an event of ours is kept as well', async () => {
  const strange = { id: 'x'.repeat(60), type: 'y'.repeat(90) } as unknown as ReceivedEvent;
  await storeDeadEvent(schema.db, strange, 'strange');
  expect(await rowOf('x'.repeat(26))).toMatchObject({ topic: 'y'.repeat(64), trace_id: null });
});

it('dead events that name a customer go with the customer, and no others', async () => {
  const [customerId, otherId] = [newId(), newId()];
  const about = (id: string) => ({ ...event, id: newId(), payload: { order: { customerId: id } } });
  const [mine, other] = [about(customerId), about(otherId)];
  for (const each of [mine, other]) await storeDeadEvent(schema.db, each, 'no such cart');
  await schema.db.transaction((tx) => deleteDeadEventsNaming(tx, customerId));
  expect(await rowOf(mine.id)).toBeUndefined();
  expect(await rowOf(other.id)).toBeDefined();
});
