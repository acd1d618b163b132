/** One good request for every route of the ingress: what tests of bad input and of access spoil, one place at a time. */
import { randomUUID } from 'node:crypto';
import { newId } from '@souk/kit/identifier';
import { closeBackRoom, newArticle } from './back-room.ts';
import { type LiveKey, newCustomer, newStaff, type Person, plantKey } from './live-tokens.ts';
import { customerSamples } from './sample-customer-requests.ts';
import { staffSamples } from './sample-staff-requests.ts';
import {
  addressIn,
  eventually,
  newEmail,
  type PlacedOrder,
  placing,
  type ReadyCart,
  readyCart,
  send,
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
  proof?: 'cart-token' | 'order-token' | 'authorization';
  /** Whether a good answer goes on and on. */
  streams?: boolean;
}

/** A row of the tables of samples; the path is filled in from its name and `params`. */
export type SampleRow = Omit<SampleRequest, 'path' | 'params'> & {
  params?: Record<string, string>;
  query?: string;
};

/** What the samples are about: an article, a guest's open cart and order, and what a customer has. */
export interface Belongings {
  sku: string;
  slug: string;
  cart: ReadyCart;
  order: PlacedOrder;
  customer: Person & { email: string; cartId: string; orderId: string; addressId: string };
  /** A guest's cart to be merged. */
  stray: { id: string; token: string };
  /** A customer whose account may be closed. */
  leaver: Person;
  staff: Person;
}

let planted: LiveKey | undefined;

/** The key by which this process signs its people's tokens; taken away by {@link closeBelongings}. */
export async function livingKey(): Promise<LiveKey> {
  planted ??= await plantKey();
  return planted;
}

/** Takes the key away and closes the back room. */
export async function closeBelongings(): Promise<void> {
  await planted?.remove();
  planted = undefined;
  await closeBackRoom();
}

/** Makes new belongings of one guest, one customer and one member of staff. */
export async function newBelongings(): Promise<Belongings> {
  const key = await livingKey();
  const article = await newArticle({ stock: 200 });
  const lines = [{ sku: article.sku, quantity: 1 }];
  const cart = await readyCart({ lines });
  const placed = await sendSafely('POST', '/orders', placing(await readyCart({ lines })));
  if (placed.status > 202) throw new Error(`no order to test with: ${placed.status}`);
  return {
    ...article,
    cart,
    order: placed.body,
    customer: await customerWithThings(key, article.sku),
    stray: (await made('POST', '/carts', { body: { currency: 'EUR', items: lines } })).body,
    leaver: await newCustomer(key),
    staff: await newStaff(key, ['owner']),
  };
}

async function made(...request: Parameters<typeof send>) {
  const answer = await send(...request);
  if (answer.status >= 300)
    throw new Error(`${request[0]} ${request[1]}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer;
}

/** An order first, then a new cart with an article, and an address. */
async function customerWithThings(key: LiveKey, sku: string): Promise<Belongings['customer']> {
  const customer = await newCustomer(key);
  const { headers, email } = customer;
  const items = [{ sku, quantity: 1 }];
  const first = await made('POST', '/carts', { headers, body: { currency: 'EUR', items } });
  const delivery = { email, address: addressIn('DE'), shippingMethod: 'standard' };
  const { body } = await made('PUT', `/carts/${first.body.id}/delivery`, { headers, body: delivery });
  const order = await made('POST', '/orders', {
    headers: { ...headers, 'idempotency-key': randomUUID() },
    body: {
      cartId: first.body.id,
      quoteHash: body.quote.quoteHash,
      payment: { method: 'card', token: 'tok_ok' },
    },
  });
  // The ordered one is theirs until its event has come.
  await eventually(async () => (await send('GET', '/me/cart', { headers })).body.id !== first.body.id);
  const cart = await made('POST', '/carts', { headers, body: { currency: 'EUR', items } });
  const address = await made('POST', '/me/addresses', { headers, body: addressIn('DE') });
  return { ...customer, cartId: cart.body.id, orderId: order.body.id, addressId: address.body.id };
}

/** Route → its sample; a route that is missing here makes the tests fail. */
export function sampleRequests(own: Belongings): Record<string, SampleRequest> {
  const rows = { ...openSamples(own), ...buyerSamples(own), ...customerSamples(own), ...staffSamples(own) };
  return Object.fromEntries(
    Object.entries(rows).map(([name, { params = {}, query = '', ...row }]) => [
      name,
      { ...row, params, path: `${filled(name.split(' ')[1]!, params)}${query}` },
    ]),
  );
}

function openSamples({ slug }: Belongings): Record<string, SampleRow> {
  const open = { headers: {}, expected: 200 };
  const password = `correct horse ${randomUUID()}`;
  const token = 'A'.repeat(43);
  return {
    'GET /categories': open,
    'GET /jwks.json': open,
    'GET /products': open,
    'GET /products/{slug}': { ...open, params: { slug } },
    'GET /products/{slug}/related': { ...open, params: { slug } },
    'GET /search/suggestions': { ...open, query: '?q=tea' },
    'GET /media/{file}': { ...open, params: { file: 'gale-kettle.svg' } },
    'GET /docs': open,
    'GET /docs/openapi.json': open,
    'GET /problems/{code}': { ...open, params: { code: 'out-of-stock' } },
    'GET /payment-methods': open,
    'POST /payments/webhooks/{provider}': { headers: {}, params: { provider: 'simulator' }, expected: 401 },
    'POST /customers': {
      headers: {},
      body: { email: newEmail(), password, name: 'Ada Byron' },
      expected: 201,
    },
    'PUT /email-verifications/{token}': { headers: {}, params: { token }, expected: 404 },
    'POST /password-resets': { headers: {}, body: { email: newEmail() }, expected: 202 },
    'PUT /password-resets/{token}': { headers: {}, params: { token }, body: { password }, expected: 404 },
    'POST /sessions': { headers: {}, body: { email: newEmail(), password }, expected: 401 },
    'POST /sessions/refresh': { headers: {}, body: { refreshToken: token }, expected: 401 },
  };
}

function buyerSamples({ sku, cart, order, leaver }: Belongings): Record<string, SampleRow> {
  const key = () => ({ 'idempotency-key': randomUUID() });
  const ofCart = {
    headers: { 'cart-token': cart.token },
    proof: 'cart-token',
    params: { id: cart.id },
  } as const;
  const ofOrder = {
    headers: { 'order-token': order.token },
    proof: 'order-token',
    params: { id: order.id },
  } as const;
  const delivery = { email: newEmail(), address: addressIn('DE'), shippingMethod: 'standard' };
  const items = [{ sku, quantity: 1 }];
  return {
    'POST /carts': { headers: {}, body: { currency: 'EUR', items }, expected: 201 },
    'GET /carts/{id}': { ...ofCart, expected: 200 },
    'POST /carts/{id}/items': { ...ofCart, body: { sku, quantity: 1 }, expected: 200 },
    'PUT /carts/{id}/items/{sku}': {
      ...ofCart,
      params: { id: cart.id, sku },
      body: { quantity: 2 },
      expected: 200,
    },
    'DELETE /carts/{id}/items/{sku}': { ...ofCart, params: { id: cart.id, sku } },
    'GET /carts/{id}/shipping-methods': { ...ofCart, query: '?country=DE', expected: 200 },
    'PUT /carts/{id}/delivery': { ...ofCart, body: delivery, expected: 200 },
    'GET /carts/{id}/quote': { ...ofCart, expected: 200 },
    'POST /orders': {
      headers: { ...ofCart.headers, ...key() },
      proof: 'cart-token',
      body: {
        cartId: cart.id,
        quoteHash: cart.quote.quoteHash,
        payment: { method: 'card', token: 'tok_ok', returnUrl: 'https://shop.example/back' },
      },
    },
    'GET /orders/{id}': { ...ofOrder, expected: 200 },
    'GET /orders/{id}/events': { ...ofOrder, streams: true },
    'POST /orders/{id}/cancellation': { ...ofOrder, headers: { ...ofOrder.headers, ...key() } },
    'DELETE /sessions/current': { headers: leaver.headers },
  };
}

/** A name that nobody has. */
export const madeUp = (): string => newId();

/** `/carts/{id}` with its parameters. */
export function filled(path: string, params: Record<string, string>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => params[name] ?? `{${name}}`);
}
