/** One good request for every public route: what tests of bad input spoil, one place at a time. */
import { randomUUID } from 'node:crypto';
import { newArticle } from './back-room.ts';
import {
  addressIn,
  newEmail,
  type PlacedOrder,
  placing,
  type ReadyCart,
  readyCart,
  sendSafely,
} from './shop.ts';

export interface SampleRequest {
  /** Below /api/v1, parameters filled in. */
  path: string;
  /** What stands for each parameter of the path. */
  params: Record<string, string>;
  headers: Record<string, string>;
  body?: unknown;
  /** What the unspoiled request is answered; undefined where it would change too much to be sent. */
  expected?: number;
  /** The headers that prove ownership. */
  proof?: 'cart-token' | 'order-token';
}

/** What the samples are about: an article, an open cart and an order, each with its owner's proof. */
export interface Belongings {
  sku: string;
  slug: string;
  cart: ReadyCart;
  order: PlacedOrder;
}

/** Makes new belongings of one guest. */
export async function newBelongings(): Promise<Belongings> {
  const article = await newArticle({ stock: 50 });
  const lines = [{ sku: article.sku, quantity: 1 }];
  const cart = await readyCart({ lines });
  const placed = await sendSafely('POST', '/orders', placing(await readyCart({ lines })));
  if (placed.status !== 201) throw new Error(`no order to test with: ${placed.status}`);
  return { ...article, cart, order: placed.body };
}

const delivery = () => ({ email: newEmail(), address: addressIn('DE'), shippingMethod: 'standard' });

/** Route → its sample; a route that is missing here makes the test fail. */
export function sampleRequests({ sku, slug, cart, order }: Belongings): Record<string, SampleRequest> {
  const key = () => ({ 'idempotency-key': randomUUID() });
  const ofCart = { headers: { 'cart-token': cart.token }, proof: 'cart-token' } as const;
  const ofOrder = { headers: { 'order-token': order.token }, proof: 'order-token' } as const;
  const open = { headers: {}, expected: 200 };
  const rows: Record<string, Omit<SampleRequest, 'path' | 'params'> & { params?: Record<string, string> }> = {
    'GET /categories': open,
    'GET /products': open,
    'GET /products/{slug}': { ...open, params: { slug } },
    'GET /products/{slug}/related': { ...open, params: { slug } },
    'GET /search/suggestions': open,
    'GET /media/{file}': { ...open, params: { file: 'gale-kettle.svg' } },
    'GET /docs': open,
    'GET /docs/openapi.json': open,
    'GET /problems/{code}': { ...open, params: { code: 'out-of-stock' } },
    'GET /payment-methods': open,
    'POST /payments/webhooks/{provider}': { headers: {}, params: { provider: 'simulator' }, expected: 401 },
    'POST /carts': { headers: {}, body: { currency: 'EUR', items: [{ sku, quantity: 1 }] }, expected: 201 },
    'GET /carts/{id}': { ...ofCart, params: { id: cart.id }, expected: 200 },
    'POST /carts/{id}/items': {
      ...ofCart,
      params: { id: cart.id },
      body: { sku, quantity: 1 },
      expected: 200,
    },
    'PUT /carts/{id}/items/{sku}': {
      ...ofCart,
      params: { id: cart.id, sku },
      body: { quantity: 2 },
      expected: 200,
    },
    'DELETE /carts/{id}/items/{sku}': { ...ofCart, params: { id: cart.id, sku } },
    'GET /carts/{id}/shipping-methods': { ...ofCart, params: { id: cart.id }, expected: 200 },
    'PUT /carts/{id}/delivery': { ...ofCart, params: { id: cart.id }, body: delivery(), expected: 200 },
    'GET /carts/{id}/quote': { ...ofCart, params: { id: cart.id }, expected: 200 },
    'POST /orders': {
      headers: { ...ofCart.headers, ...key() },
      proof: 'cart-token',
      body: {
        cartId: cart.id,
        quoteHash: cart.quote.quoteHash,
        payment: { method: 'card', token: 'tok_ok', returnUrl: 'https://shop.example/back' },
      },
    },
    'GET /orders/{id}': { ...ofOrder, params: { id: order.id }, expected: 200 },
    'POST /orders/{id}/cancellation': {
      headers: { ...ofOrder.headers, ...key() },
      proof: 'order-token',
      params: { id: order.id },
    },
  };
  const query: Record<string, string> = {
    'GET /search/suggestions': '?q=tea',
    'GET /carts/{id}/shipping-methods': '?country=DE',
  };
  return Object.fromEntries(
    Object.entries(rows).map(([name, { params = {}, ...row }]) => {
      const path = `${filled(name.split(' ')[1]!, params)}${query[name] ?? ''}`;
      return [name, { ...row, params, path }];
    }),
  );
}

/** `/carts/{id}` with its parameters. */
export function filled(path: string, params: Record<string, string>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => params[name] ?? `{${name}}`);
}
