/** One experiment: articles and carts of its own, a note of every answer, and at the end the checker on all of it. */
import { randomUUID } from 'node:crypto';
import { serviceNames } from '@souk/contracts/ports';
import { hasDatabase } from '@souk/contracts/secrets';
import { expect } from 'vitest';
import { type Article, newArticle, providerLedger, schema, stockOf } from '../support/back-room.ts';
import {
  type Answer,
  eventually,
  type Json,
  mailsTo,
  placing,
  type ReadyCart,
  readyCart,
  sendSafely,
} from '../support/shop.ts';
import { type Facts, type OrderFact, violationsOf } from './checker.ts';

export interface Experiment {
  article: Article;
  /** A ready cart with `quantity` of the article. */
  cart(quantity?: number): Promise<ReadyCart>;
  /** Places an order with one key until there is a definite answer, and notes it. */
  buy(cart: ReadyCart, card?: string): Promise<Answer>;
  note(answer: Answer): void;
  /** Waits until everything rests, then fails with every violation found. */
  conclude(options?: { mayRepeatMail?: boolean; withinMs?: number }): Promise<Facts>;
}

const withDatabase = serviceNames.filter(hasDatabase);

/** Begins an experiment on a new article with that many pieces. */
export async function beginExperiment(pieces: number): Promise<Experiment> {
  const article = await newArticle({ stock: pieces });
  const carts: ReadyCart[] = [];
  const acknowledged: string[] = [];
  const refused: string[] = [];
  const deadBefore = await countAll('dead_events');

  const note = ({ status, body }: Answer) => {
    if (status === 201 || status === 202) acknowledged.push(body.id);
    else if (body?.orderId && ['out-of-stock', 'payment-declined', 'order-closed'].includes(body.code)) {
      refused.push(body.orderId);
    }
  };
  return {
    article,
    note,
    async cart(quantity = 1) {
      const cart = await readyCart({ lines: [{ sku: article.sku, quantity }] });
      carts.push(cart);
      return cart;
    },
    async buy(cart, card = 'tok_ok') {
      const answer = await sendSafely('POST', '/orders', placing(cart, { card, key: randomUUID() }));
      note(answer);
      return answer;
    },
    async conclude({ mayRepeatMail = false, withinMs = 45_000 } = {}) {
      const collect = async (): Promise<Facts> => {
        const orders = await ordersOf(carts.map(({ id }) => id));
        return {
          orders,
          acknowledged,
          refused,
          mayRepeatMail,
          stock: { [article.sku]: { initial: pieces, ...(await stockOf(article.sku)) } },
          ledger: await providerLedger(new Set(orders.map(({ id }) => id))),
          confirmations: await confirmationsOf(orders, carts),
          unsent: await countAll('outbox', (query) => query.whereNull('sent_at')),
          dead: (await countAll('dead_events')) - deadBefore,
        };
      };
      return eventually(async () => {
        const facts = await collect();
        expect(violationsOf(facts)).toEqual([]);
        return facts;
      }, withinMs);
    },
  };
}

async function ordersOf(cartIds: string[]): Promise<OrderFact[]> {
  const db = schema('orders');
  const rows = await db('orders').select('id', 'cart_id', 'state', 'total').whereIn('cart_id', cartIds);
  const ids = rows.map(({ id }) => id);
  const lines = await db('order_lines').select('order_id', 'sku', 'quantity').whereIn('order_id', ids);
  const history = await db('order_history')
    .select('order_id', 'state')
    .whereIn('order_id', ids)
    .orderBy('id');
  return rows.map((row) => ({
    id: row.id,
    cartId: row.cart_id,
    state: row.state,
    total: Number(row.total),
    lines: lines.filter((line) => line.order_id === row.id),
    history: history.filter((entry) => entry.order_id === row.id).map((entry) => entry.state),
  }));
}

async function confirmationsOf(orders: OrderFact[], carts: ReadyCart[]): Promise<Record<string, number>> {
  const numbers = await schema('orders')('orders')
    .select('id', 'number')
    .whereIn(
      'id',
      orders.map(({ id }) => id),
    );
  const counts: Record<string, number> = {};
  for (const order of orders.filter(({ history }) => history.includes('confirmed'))) {
    const email = carts.find(({ id }) => id === order.cartId)!.email;
    const number = numbers.find(({ id }) => id === order.id)!.number;
    const mails = await mailsTo(email);
    const mine = mails.filter(({ subject }: Json) => subject === `Your order ${number}`);
    if (mine.length > 0) counts[order.id] = mine.length;
  }
  return counts;
}

async function countAll(table: string, narrow: (query: Json) => Json = (query) => query): Promise<number> {
  const counts = await Promise.all(
    withDatabase.map(async (service) => {
      const [row] = await narrow(schema(service)(table).count({ n: '*' }));
      return Number(row.n);
    }),
  );
  return counts.reduce((sum, n) => sum + n, 0);
}
