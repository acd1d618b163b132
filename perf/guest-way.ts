/** A guest's way from the list to the order, one request after the other: what the gate counts and weighs. */
import { randomUUID } from 'node:crypto';
import type { ServiceName } from '@souk/contracts/ports';
import { type Article, closeBackRoom, newArticle } from '../test/support/back-room.ts';
import { type Answer, addressIn, newEmail, send } from '../test/support/shop.ts';

export interface Step {
  name: string;
  /** The service that answers. */
  service: ServiceName;
  ask: () => Promise<Answer>;
}

/** Each order takes one piece of three articles. */
const stock = 2_000;
const market = 'currency=EUR&country=DE';

/** Three articles that nobody else buys. */
export async function threeArticles(): Promise<Article[]> {
  const articles = [await newArticle({ stock }), await newArticle({ stock }), await newArticle({ stock })];
  await closeBackRoom();
  return articles;
}

/** What a guest looks at; pages that nobody has asked for lately are read from the tables. */
export interface Pages {
  list: string;
  detail: string;
}

/** The same requests for each guest, but for the pages that it looks at; a step needs those before it. */
export function way(articles: readonly Article[], pages: Partial<Pages> = {}): Step[] {
  const { list = `/products?${market}&limit=20`, detail = pageOf(articles[0]!.slug) } = pages;
  return [
    { name: 'GET /products', service: 'catalog', ask: () => send('GET', list) },
    { name: 'GET /products/{slug}', service: 'catalog', ask: () => send('GET', detail) },
    ...buying(articles.map(({ sku }) => sku)),
  ];
}

/** The page of a product. */
export const pageOf = (slug: string) => `/products/${slug}?${market}`;

/** A list of 20 with an address of its own, that leaves out nothing: no product costs a million. */
export const listOf = (place: number) => `/products?${market}&limit=20&maxPrice=${100_000_000 + place}`;

/** Asks; rejects with what was answered when it is not what a guest hopes for. */
export async function askStep({ name, ask }: Step): Promise<Answer> {
  const answer = await ask();
  if (answer.status >= 300) throw new Error(`${name}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer;
}

function buying(skus: readonly string[]): Step[] {
  let cart = { id: '', token: '' };
  let quoteHash = '';
  const inCart = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    send(method, `/carts/${cart.id}/${path}`, { headers: { 'cart-token': cart.token, ...headers }, body });
  const piece = (place: number) => ({ sku: skus[place], quantity: 1 });
  return [
    {
      name: 'POST /carts',
      service: 'cart',
      ask: async () => {
        const made = await send('POST', '/carts', { body: { currency: 'EUR', items: [piece(0)] } });
        cart = made.body;
        return made;
      },
    },
    { name: 'POST /carts/{id}/items', service: 'cart', ask: () => inCart('POST', 'items', piece(1)) },
    {
      name: 'POST /carts/{id}/items, minimal',
      service: 'cart',
      ask: () => inCart('POST', 'items', piece(2), { prefer: 'return=minimal' }),
    },
    {
      name: 'PUT /carts/{id}/delivery',
      service: 'cart',
      ask: () =>
        inCart('PUT', 'delivery', {
          email: newEmail(),
          address: addressIn('DE'),
          shippingMethod: 'standard',
        }),
    },
    {
      name: 'GET /carts/{id}/quote',
      service: 'cart',
      ask: async () => {
        const quote = await inCart('GET', 'quote');
        quoteHash = quote.body.quoteHash;
        return quote;
      },
    },
    {
      name: 'POST /orders',
      service: 'orders',
      ask: () =>
        send('POST', '/orders', {
          headers: { 'cart-token': cart.token, 'idempotency-key': randomUUID() },
          body: { cartId: cart.id, quoteHash, payment: { method: 'card', token: 'tok_ok' } },
        }),
    },
  ];
}
