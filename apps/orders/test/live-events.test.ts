/** Following an order over a real socket, with two processes of the service on one database. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newId } from '@souk/kit/identifier';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestDatabase } from '../../../test/support/database.ts';
import { asGuest, type OrdersUnderTest, openOrdersDatabase, ordersUnderTest } from './orders-under-test.ts';

const tracking = { carrier: 'DHL', trackingNumber: 'JD0001' };
let database: TestDatabase;
let under: OrdersUnderTest;
let other: OrdersUnderTest;
let server: Server;
let running: { stop(): Promise<void> };

beforeAll(async () => {
  database = await openOrdersDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  under = await ordersUnderTest(database);
  other = await ordersUnderTest(database);
  running = under.built.start!();
  server = createServer(under.app).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  await running.stop();
  server.closeAllConnections();
  server.close();
});

function follow(id: string, lastEventId?: string, signal?: AbortSignal): Promise<Response> {
  const { port } = server.address() as AddressInfo;
  const headers = { ...asGuest(id), ...(lastEventId && { 'last-event-id': lastEventId }) };
  return fetch(`http://127.0.0.1:${port}/orders/${id}/events`, {
    headers,
    signal: AbortSignal.any([AbortSignal.timeout(10_000), ...(signal ? [signal] : [])]),
  });
}

interface Heard {
  id: string;
  event: string;
  data: { state: string; at: string; paymentState: string; fulfilmentState: string };
}

/** The frames of a text that are events. */
function eventsIn(text: string): Heard[] {
  return text
    .split('\n\n')
    .filter((frame) => frame.startsWith('id: '))
    .map((frame) => Object.fromEntries(frame.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2))))
    .map(({ id, event, data }) => ({ id, event, data: JSON.parse(data) }));
}

/** Reads until `count` events have come. */
async function hear(response: Response, count: number): Promise<Heard[]> {
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (eventsIn(text).length >= count) break;
  }
  return eventsIn(text);
}

const placed = async () => (await under.place()).body.id as string;
const deliver = (orderId: string) => other.hear('shipment.delivered', { orderId, ...tracking });

describe('following an order', () => {
  it('tells what was and what comes, whichever process moves it, and ends with the order', async () => {
    const id = await placed();
    const response = await follow(id);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const text = response.text();
    await deliver(id);
    const heard = eventsIn(await text);
    expect(heard.map(({ data }) => data.state)).toEqual(['pending', 'confirmed', 'dispatched', 'delivered']);
    expect(heard.at(-1)).toMatchObject({
      event: 'state',
      data: { state: 'delivered', paymentState: 'authorised', fulfilmentState: 'delivered' },
    });
    const rows = await database
      .db('order_history')
      .select('id')
      .where({ order_id: id })
      .orderBy('created_at');
    expect(heard.map((entry) => entry.id)).toEqual(rows.map((row) => row.id));
  });

  it('goes on after the last event that came, and is over for who knows the end', async () => {
    const id = await placed();
    const [first, second] = await hear(await follow(id), 2);
    await deliver(id);
    const rest = eventsIn(await (await follow(id, second!.id)).text());
    expect(rest.map(({ data }) => data.state)).toEqual(['dispatched', 'delivered']);
    const all = eventsIn(await (await follow(id, newId())).text());
    expect(all.map((entry) => entry.id).slice(0, 2)).toEqual([first!.id, second!.id]);
    expect((await follow(id, rest.at(-1)!.id)).status).toBe(204);
  });

  it('misses nothing whose id is smaller than one that was seen before', async () => {
    const id = await placed();
    const reading = (await follow(id)).text();
    await database
      .db('order_history')
      .insert({ id: '01AAAAAAAAAAAAAAAAAAAAAAAA', order_id: id, state: 'dispatched', actor: 'x' });
    await database.db('order_history').insert({ id: newId(), order_id: id, state: 'delivered', actor: 'x' });
    const states = eventsIn(await reading).map(({ data }) => data.state);
    expect(states).toEqual(['pending', 'confirmed', 'dispatched', 'delivered']);
  });

  it('asks the database once for all listeners, and not for those who have gone', async () => {
    const ids = await Promise.all([placed(), placed(), placed()]);
    const asked: unknown[][] = [];
    database.db.on('query', ({ sql, bindings }: { sql: string; bindings: unknown[] }) => {
      // Beside the ids there is how far back it looks, and the limit.
      if (/order_history. as .h/.test(sql)) asked.push(bindings.slice(0, -2));
    });
    const leaving = new AbortController();
    await Promise.all(ids.map((id) => follow(id, undefined, leaving.signal)));
    await expect.poll(() => asked.some((of) => ids.every((id) => of.includes(id)))).toBe(true);
    leaving.abort();
    const last = await placed();
    const alone = await follow(last);
    await expect.poll(() => asked.at(-1)).toEqual([last]);
    await alone.body!.cancel();
    await running.stop();
    database.db.removeAllListeners('query');
  });

  it('is bounded, and says when to come again', async () => {
    const id = await placed();
    const streams = await Promise.all(Array.from({ length: 10 }, () => follow(id)));
    const refused = await follow(id);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    await streams[0]!.body!.cancel();
    await expect.poll(async () => (await follow(id)).status).toBe(200);
  });

  it('ends when the process stops, so that the stop need not wait', async () => {
    const id = await placed();
    const reading = (await follow(id)).text();
    await running.stop();
    expect(eventsIn(await reading)).toHaveLength(2);
    expect((await follow(id)).status).toBe(503);
  });
});
