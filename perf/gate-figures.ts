/** What one request costs that can be counted: hops, statements, bytes of the answer. Noise does not change them. */

import { type Article, closeBackRoom, newArticle } from '../test/support/back-room.ts';
import { type Answer, addressIn, eventually, newEmail, send } from '../test/support/shop.ts';
import { type Statement, startStatementLog } from '../test/support/statement-log.ts';
import { readHops } from './counters.ts';

export interface Cost {
  hops: number;
  /** Statements until the answer. */
  statements: number;
  /** Bytes of the answer's body. */
  bytes: number;
}

export type Costs = Record<string, Cost>;

const idleMs = 6_000;
/** Long enough that the shop's own timers do not hide in what a request causes. */
const settleMs = 300;

type Step = { name: string; ask: () => Promise<Answer> };

/** Each order takes one piece of three articles. */
const stock = 1_000;
const market = 'currency=EUR&country=DE';

/** A guest's way from the list to the order, one request after the other; the same requests each time. */
function way(articles: readonly Article[]): Step[] {
  const skus = articles.map(({ sku }) => sku);
  let cart = { id: '', token: '' };
  let quoteHash = '';
  const owner = () => ({ 'cart-token': cart.token });
  return [
    { name: 'GET /products', ask: () => send('GET', `/products?${market}&limit=20`) },
    { name: 'GET /products/{slug}', ask: () => send('GET', `/products/${articles[0]!.slug}?${market}`) },
    {
      name: 'POST /carts',
      ask: async () => {
        const made = await send('POST', '/carts', {
          body: { currency: 'EUR', items: [{ sku: skus[0], quantity: 1 }] },
        });
        cart = made.body;
        return made;
      },
    },
    {
      name: 'POST /carts/{id}/items',
      ask: () =>
        send('POST', `/carts/${cart.id}/items`, { headers: owner(), body: { sku: skus[1], quantity: 1 } }),
    },
    {
      name: 'POST /carts/{id}/items, minimal',
      ask: () =>
        send('POST', `/carts/${cart.id}/items`, {
          headers: { ...owner(), prefer: 'return=minimal' },
          body: { sku: skus[2], quantity: 1 },
        }),
    },
    {
      name: 'PUT /carts/{id}/delivery',
      ask: () =>
        send('PUT', `/carts/${cart.id}/delivery`, {
          headers: owner(),
          body: { email: newEmail(), address: addressIn('DE'), shippingMethod: 'standard' },
        }),
    },
    {
      name: 'GET /carts/{id}/quote',
      ask: async () => {
        const quote = await send('GET', `/carts/${cart.id}/quote`, { headers: owner() });
        quoteHash = quote.body.quoteHash;
        return quote;
      },
    },
    {
      name: 'POST /orders',
      ask: () =>
        send('POST', '/orders', {
          headers: { ...owner(), 'idempotency-key': `gate-${Date.now()}` },
          body: { cartId: cart.id, quoteHash, payment: { method: 'card', token: 'tok_ok' } },
        }),
    },
  ];
}

/** Walks the way `times` times and answers every cost that was seen, by step. */
export async function countCosts(times: number): Promise<Record<string, Cost[]>> {
  const articles = [await newArticle({ stock }), await newArticle({ stock }), await newArticle({ stock })];
  await closeBackRoom();
  // The first order opens connections and fills caches; it is not what a request costs.
  for (const { ask } of way(articles)) await ask();
  const log = await startStatementLog();
  try {
    const idle = await idleWork(log.read);
    const found: Record<string, Cost[]> = {};
    for (let round = 0; round < times; round += 1) {
      for (const step of way(articles)) {
        found[step.name] = [...(found[step.name] ?? []), await costOf(step, { read: log.read, idle })];
      }
    }
    return found;
  } finally {
    await log.stop();
  }
}

type Reading = { read: () => Promise<Statement[]>; idle: ReadonlySet<string> };

async function costOf({ name, ask }: Step, { read, idle }: Reading): Promise<Cost> {
  await untilQuiet(read, idle);
  const hopsBefore = await readHops();
  const fromMs = performance.timeOrigin + performance.now();
  const answer = await ask();
  const toMs = performance.timeOrigin + performance.now();
  if (answer.status >= 300) throw new Error(`${name}: ${answer.status} ${JSON.stringify(answer.body)}`);
  const hops = (await readHops()) - hopsBefore;
  const own = (await read()).filter(({ atMs, work }) => atMs >= fromMs && atMs <= toMs && !idle.has(work));
  const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
  return { hops, statements: own.length, bytes: Buffer.byteLength(text) };
}

/** What an idle shop does by itself: relays that look for events, sweepers, timers. */
async function idleWork(read: Reading['read']): Promise<ReadonlySet<string>> {
  await untilQuiet(read, new Set());
  const fromMs = Date.now();
  await eventually(async () => Date.now() - fromMs > idleMs, idleMs + 5_000);
  return new Set((await read()).filter(({ atMs }) => atMs > fromMs).map(({ work }) => work));
}

async function untilQuiet(read: Reading['read'], idle: ReadonlySet<string>): Promise<void> {
  const sinceMs = Date.now();
  await eventually(async () => {
    const last = (await read()).findLast(({ work }) => !idle.has(work))?.atMs ?? 0;
    return Date.now() - (idle.size === 0 ? sinceMs : Math.max(sinceMs, last)) > settleMs;
  }, 20_000);
}
