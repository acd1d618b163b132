/** Outbox and relay on a real MariaDB: no event without its cause, none lost, none sent by two at once. */
import { ulid } from 'ulid';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inTransaction } from '../src/db.ts';
import { createLog } from '../src/log.ts';
import { enqueue, type OutgoingEvent } from '../src/outbox.ts';
import { type Publisher, type Relay, startRelay } from '../src/relay.ts';
import { type KitDatabase, openKitDatabase } from './kit-database.ts';

interface Sent {
  relay: string;
  topic: string;
  id: string;
  data: { id: string; type: string; subject: string; version: number; payload: object };
  traceparent?: string;
}

let schema: KitDatabase;
let relays: Relay[] = [];
/** Everything that the broker was given, in order. */
let sent: Sent[] = [];
/** Which of a bulk's ids the broker does not take. */
let refused: (ids: string[]) => string[] | Promise<string[]>;
/** What the broker's Redis holds beside the streams. */
let mark: unknown;
let marksFail = false;
let marksFailed = 0;
const log = createLog('test', { silent: true });
const soon = { timeout: 10_000, interval: 20 };

beforeAll(async () => {
  schema = await openKitDatabase();
});
afterAll(() => schema.close());
beforeEach(async () => {
  await schema.db('outbox').delete();
  sent = [];
  mark = undefined;
  marksFail = false;
  refused = () => [];
});
afterEach(async () => {
  await Promise.all(relays.map((relay) => relay.stop()));
  relays = [];
});

function brokerFor(relay: string): Publisher {
  return {
    async publishBulk(topic, events) {
      for (const event of events) sent.push({ relay, topic, ...event } as Sent);
      return { failedIds: await refused(events.map(({ id }) => id)) };
    },
    state: () => ({
      get: async () => (mark === undefined ? null : { value: mark }),
      save: async (_key, value) => {
        if (marksFail) {
          marksFailed += 1;
          throw new Error('planted: the store is away');
        }
        mark = value;
      },
    }),
  };
}

function start(name = 'one'): Relay {
  const relay = startRelay({ service: 'orders', db: schema.db, dapr: brokerFor(name), log });
  relays.push(relay);
  return relay;
}

const event = (subject: string, change: Partial<OutgoingEvent> = {}): OutgoingEvent => ({
  type: 'order.confirmed',
  subject,
  version: 3,
  payload: { orderId: subject },
  ...change,
});
const write = (...events: OutgoingEvent[]) => inTransaction(schema.db, (tx) => enqueue(tx, events));
const many = (count: number) => Array.from({ length: count }, (_, i) => event(`O${i}`));
const unsent = async () => Number((await schema.db('outbox').whereNull('sent_at').count({ n: '*' }))[0]!.n);
const subjects = () => sent.map(({ data }) => data.subject);
/** Lets the claims of what failed run out. */
const expireClaims = () =>
  schema
    .db('outbox')
    .whereNull('sent_at')
    .update({ claimed_until: schema.db.raw('UTC_TIMESTAMP(6)') });

describe('the outbox', () => {
  it('holds an event only if its cause was committed', async () => {
    await write(event('O1'));
    await inTransaction(schema.db, async (tx) => {
      await enqueue(tx, [event('O2')]);
      throw new Error('no');
    }).catch(() => {});
    expect(await schema.db('outbox').pluck('subject')).toEqual(['O1']);
  });

  it('takes many events in one statement and none in none', async () => {
    const statements: string[] = [];
    const note = ({ sql }: { sql: string }) => void statements.push(sql);
    schema.db.on('query', note);
    await inTransaction(schema.db, async (tx) => {
      await enqueue(tx, []);
      await enqueue(tx, many(3));
    });
    schema.db.off('query', note);
    expect(statements.filter((sql) => /insert/i.test(sql))).toHaveLength(1);
  });
});

describe('the relay', () => {
  it('sends an event with topic, id and all that it says, soon after it is woken, and marks it sent', async () => {
    const relay = start();
    await write(event('O1'), event('O2', { type: 'order.cancelled', version: 4 }));
    relay.wake();
    await expect.poll(() => sent.length, { timeout: 900, interval: 5 }).toBe(2);
    expect(sent.map(({ topic }) => topic).sort()).toEqual(['order.cancelled', 'order.confirmed']);
    const first = sent.find(({ topic }) => topic === 'order.confirmed')!;
    expect(first.data).toMatchObject({
      id: first.id,
      type: 'order.confirmed',
      subject: 'O1',
      version: 3,
      payload: { orderId: 'O1' },
    });
    await expect.poll(unsent, soon).toBe(0);
  });

  it('lingers after a batch, so that a busy shop sends many events at once', async () => {
    const bulksAtMs: number[] = [];
    const relay = start();
    refused = async () => {
      bulksAtMs.push(performance.now());
      if (bulksAtMs.length > 1) return [];
      await write(event('O2'));
      relay.wake();
      return [];
    };
    await write(event('O1'));
    relay.wake();
    await expect.poll(() => bulksAtMs.length, soon).toBe(2);
    expect(bulksAtMs[1]! - bulksAtMs[0]!).toBeGreaterThan(140);
  });

  it('finds what nobody woke it for', async () => {
    start();
    await expect.poll(() => mark, soon).toBeDefined();
    await write(event('O1'));
    await expect.poll(subjects, soon).toEqual(['O1']);
  });

  it('sends all of a long queue, each once', async () => {
    await write(...many(250));
    start();
    await expect.poll(unsent, soon).toBe(0);
    expect(new Set(subjects()).size).toBe(250);
    expect(sent).toHaveLength(250);
  });

  it('sends long events in requests that the sidecar takes, so that none of them stops the rest', async () => {
    const sizes: number[] = [];
    refused = (ids) => {
      const bulk = sent.filter(({ id }) => ids.includes(id));
      sizes.push(Buffer.byteLength(JSON.stringify(bulk)));
      return sizes.at(-1)! > 4_000_000 ? ids : [];
    };
    const part = (i: number) => event(`P${i}`, { payload: { data: 'x'.repeat(450_000) } });
    await write(...Array.from({ length: 12 }, (_, i) => part(i)), event('after'));
    start();
    await expect.poll(unsent, soon).toBe(0);
    expect(Math.max(...sizes)).toBeLessThan(1_100_000);
    expect(sent).toHaveLength(13);
  });

  it("looks at each event's own result: only what the broker did not take is sent again, after its claim", async () => {
    refused = (ids) => ids.slice(0, 1);
    await write(event('O1'), event('O2'));
    const relay = start();
    await expect.poll(unsent, soon).toBe(1);
    relay.wake();
    relay.wake();
    await expect.poll(() => mark, soon).toBeDefined();
    expect(subjects()).toEqual(['O1', 'O2']);
    refused = () => [];
    await expireClaims();
    relay.wake();
    await expect.poll(unsent, soon).toBe(0);
    expect(subjects()).toEqual(['O1', 'O2', 'O1']);
    expect(sent[2]!.id).toBe(sent[0]!.id);
  });

  it('goes on after a broker that throws', async () => {
    refused = () => Promise.reject(new Error('away'));
    await write(event('O1'));
    const relay = start();
    await expect.poll(() => sent.length, soon).toBe(1);
    expect(await unsent()).toBe(1);
    refused = () => [];
    await expireClaims();
    relay.wake();
    await expect.poll(unsent, soon).toBe(0);
  });

  it('two of them never send an event twice', async () => {
    const working = () => new Set(sent.map(({ relay }) => relay)).size;
    refused = async () => {
      await expect.poll(working, soon).toBe(2);
      return [];
    };
    await write(...many(400));
    start('one');
    start('two');
    await expect.poll(unsent, soon).toBe(0);
    expect(sent).toHaveLength(400);
    expect(new Set(subjects()).size).toBe(400);
  });

  it('marks what it has sent although somebody is in the way for longer than a statement waits', async () => {
    const locked = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    let inTheWay: Promise<void> | undefined;
    refused = async () => {
      inTheWay = schema.db.transaction(async (tx) => {
        await tx('outbox').select('id').forUpdate();
        locked.resolve();
        await release.promise;
      });
      await locked.promise;
      return [];
    };
    await write(event('O1'));
    start();
    await locked.promise;
    const collided = performance.now() + 3_300;
    await expect.poll(() => performance.now()).toBeGreaterThan(collided);
    release.resolve();
    await inTheWay;
    await expect.poll(unsent, soon).toBe(0);
    expect(subjects()).toEqual(['O1']);
  });

  it('lets others write events while it claims some', async () => {
    await write(...many(100));
    const relay = start();
    const writers = Array.from({ length: 50 }, (_, i) => write(event(`W${i}`)).then(() => relay.wake()));
    await Promise.all(writers);
    await expect.poll(unsent, soon).toBe(0);
    expect(new Set(subjects()).size).toBe(150);
  });

  it('stops after the batch in hand, and sends nothing afterwards', async () => {
    let release = () => {};
    refused = () =>
      new Promise((resolve) => {
        release = () => resolve([]);
      });
    await write(event('O1'));
    const relay = start();
    await expect.poll(() => sent.length, soon).toBe(1);
    let stopped = false;
    const stopping = relay.stop().then(() => {
      stopped = true;
    });
    await write(event('O2'));
    expect(stopped).toBe(false);
    release();
    await stopping;
    expect([subjects(), await unsent()]).toEqual([['O1'], 1]);
  });
});

describe('a broker that forgets', () => {
  /** A row that was sent that long ago, having waited in the outbox before. */
  async function sentAgo(subject: string, { sentMs, madeMs = sentMs }: { sentMs: number; madeMs?: number }) {
    await write(event(subject));
    const at = Date.now();
    await schema
      .db('outbox')
      .where({ subject })
      .update({ id: ulid(at - madeMs), sent_at: new Date(at - sentMs) });
  }

  it('is noticed by its mark: what was sent since the mark that survived is sent again, and no more', async () => {
    await sentAgo('old', { sentMs: 600_000 });
    await sentAgo('lost', { sentMs: 30_000 });
    mark = Date.now() - 60_000;
    start();
    await expect.poll(subjects, soon).toEqual(['lost']);
    await expect.poll(() => mark as number, soon).toBeGreaterThan(Date.now() - 10_000);
  });

  it('gets again also what had waited long in the outbox before it was sent and lost', async () => {
    await sentAgo('waited', { madeMs: 600_000, sentMs: 30_000 });
    mark = Date.now() - 60_000;
    start();
    await expect.poll(subjects, soon).toEqual(['waited']);
  });

  it('and remembers nothing at all gets again everything that the outbox still has', async () => {
    await sentAgo('yesterday', { sentMs: 20 * 3_600_000 });
    await sentAgo('now', { sentMs: 5_000 });
    start();
    await expect.poll(() => subjects().sort(), soon).toEqual(['now', 'yesterday']);
  });

  it('is noticed while the relay runs, not only at its start', async () => {
    const relay = start();
    await write(event('O1'));
    relay.wake();
    await expect.poll(subjects, soon).toEqual(['O1']);
    await expect.poll(() => mark, soon).toBeDefined();
    await expect.poll(unsent, soon).toBe(0);
    mark = undefined;
    await expect.poll(subjects, soon).toEqual(['O1', 'O1']);
  });

  it('is noticed although another batch goes out before the next look at its mark', async () => {
    const relay = start();
    await write(event('O1'));
    relay.wake();
    await expect.poll(unsent, soon).toBe(0);
    await expect.poll(() => mark as number, soon).toBeGreaterThan(0);
    mark = Date.now() - 60_000;
    await write(event('O2'));
    relay.wake();
    await expect.poll(subjects, soon).toEqual(['O1', 'O2', 'O1', 'O2']);
  });

  it('is suspected when the mark behind a batch could not be written', async () => {
    const relay = start();
    await expect.poll(() => mark, soon).toBeDefined();
    marksFailed = 0;
    marksFail = true;
    await write(event('O1'));
    relay.wake();
    await expect.poll(() => marksFailed, soon).toBe(1);
    marksFail = false;
    await expect.poll(subjects, soon).toEqual(['O1', 'O1']);
  });

  it('is not suspected while its mark is in place', async () => {
    await sentAgo('old', { sentMs: 30_000 });
    mark = Date.now();
    const before = mark;
    const relay = start();
    await write(event('new'));
    relay.wake();
    await expect.poll(subjects, soon).toEqual(['new']);
    await expect.poll(() => mark, soon).not.toBe(before);
    expect(subjects()).toEqual(['new']);
  });
});
