/** The running shop as a guest sees it: through the ingress, with nothing but HTTP. */
import { randomUUID } from 'node:crypto';
import { ports } from '@souk/contracts/ports';
import type { Quote } from '@souk/contracts/quote';

/** `make mesh-test` names the mesh's gateway. */
export const origin = process.env.SOUK_ORIGIN ?? `http://127.0.0.1:${ports.ingress}`;
export const api = `${origin}/api/v1`;

// biome-ignore lint/suspicious/noExplicitAny: what comes back is what the test asserts
export type Json = any;

export interface Answer {
  status: number;
  headers: Headers;
  body: Json;
}

export interface Sending {
  body?: unknown;
  headers?: Record<string, string>;
  timeoutMs?: number;
}

/** One request below /api/v1. Throws only if there is no answer at all. */
export async function send(
  method: string,
  path: string,
  { body, headers, timeoutMs = 10_000 }: Sending = {},
) {
  const response = await fetch(`${api}${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    signal: AbortSignal.timeout(timeoutMs),
    redirect: 'manual',
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    body: isJson && text ? JSON.parse(text) : text,
  };
}

/** Sends until the answer is no longer a 429, 5xx or a lost connection: what a careful client does. */
export async function sendSafely(
  method: string,
  path: string,
  sending: Sending,
  withinMs = 30_000,
): Promise<Answer> {
  const endMs = Date.now() + withinMs;
  for (;;) {
    const answer = await send(method, path, sending).catch(() => undefined);
    const again =
      !answer ||
      answer.status >= 500 ||
      answer.status === 429 ||
      answer.body?.code === 'idempotency-key-in-use';
    if (!again) return answer;
    if (Date.now() > endMs)
      throw new Error(`${method} ${path}: no definite answer in ${withinMs} ms (${answer?.status})`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export interface Wish {
  lines: { sku: string; quantity: number }[];
  currency?: 'EUR' | 'USD';
  country?: string;
  shippingMethod?: string;
  email?: string;
}

export interface ReadyCart {
  id: string;
  token: string;
  email: string;
  quote: Quote;
}

export const addressIn = (country: string) => ({
  name: 'Ada Byron',
  line1: 'Marktgasse 7',
  city: 'Bonn',
  postalCode: '53111',
  country,
});

/** A new mailbox that nobody else uses. */
export const newEmail = () => `guest-${randomUUID()}@example.org`;

/** A guest's cart with delivery and quote: one request away from an order. */
export async function readyCart(wish: Wish): Promise<ReadyCart> {
  const { lines, currency = 'EUR', country = 'DE', shippingMethod = 'standard', email = newEmail() } = wish;
  const made = await sendSafely('POST', '/carts', { body: { currency, items: lines } });
  if (made.status !== 201) throw new Error(`POST /carts: ${made.status} ${JSON.stringify(made.body)}`);
  const { id, token } = made.body;
  const headers = { 'cart-token': token };
  const delivery = { email, address: addressIn(country), shippingMethod };
  const delivered = await sendSafely('PUT', `/carts/${id}/delivery`, { headers, body: delivery });
  if (delivered.status !== 200)
    throw new Error(`PUT delivery: ${delivered.status} ${JSON.stringify(delivered.body)}`);
  const quoted = await sendSafely('GET', `/carts/${id}/quote`, { headers });
  if (quoted.status !== 200) throw new Error(`GET quote: ${quoted.status} ${JSON.stringify(quoted.body)}`);
  return { id, token, email, quote: quoted.body };
}

export interface Placing {
  card?: string;
  key?: string;
  quoteHash?: string;
  returnUrl?: string;
}

/** The request that places an order of a cart. */
export function placing(
  cart: ReadyCart,
  { card = 'tok_ok', key = randomUUID(), quoteHash, returnUrl }: Placing = {},
): Sending {
  return {
    headers: { 'cart-token': cart.token, 'idempotency-key': key },
    body: {
      cartId: cart.id,
      quoteHash: quoteHash ?? cart.quote.quoteHash,
      payment: { method: 'card', token: card, ...(returnUrl && { returnUrl }) },
    },
  };
}

/** Places an order; one request, whatever comes. */
export const place = (cart: ReadyCart, how: Placing = {}): Promise<Answer> =>
  send('POST', '/orders', placing(cart, how));

export interface PlacedOrder {
  id: string;
  token: string;
}

export async function readOrder({ id, token }: PlacedOrder): Promise<Json> {
  const answer = await sendSafely('GET', `/orders/${id}`, { headers: { 'order-token': token } });
  if (answer.status !== 200) throw new Error(`GET /orders/${id}: ${answer.status}`);
  return answer.body;
}

export const cancel = ({ id, token }: PlacedOrder, key: string = randomUUID()): Promise<Answer> =>
  send('POST', `/orders/${id}/cancellation`, { headers: { 'order-token': token, 'idempotency-key': key } });

/** Waits until `check` neither throws nor answers undefined or false; fails with its last reason after `withinMs`. */
export async function eventually<T>(
  check: () => Promise<T | undefined | false>,
  withinMs = 10_000,
): Promise<T> {
  const endMs = Date.now() + withinMs;
  for (;;) {
    let reason: unknown = 'the condition was never met';
    try {
      const value = await check();
      if (value !== undefined && value !== false) return value;
    } catch (error) {
      reason = error;
    }
    if (Date.now() > endMs)
      throw reason instanceof Error ? reason : new Error(`after ${withinMs} ms: ${reason}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Waits for an order to come to a state. */
export const orderIn = (order: PlacedOrder, state: string, withinMs = 10_000): Promise<Json> =>
  eventually(async () => {
    const current = await readOrder(order);
    return current.state === state && current;
  }, withinMs);

/** Mails to an address, newest first. */
export async function mailsTo(email: string): Promise<Json[]> {
  const response = await fetch(`http://127.0.0.1:${ports.smtpApi}/mails?to=${encodeURIComponent(email)}`);
  return ((await response.json()) as { items: Json[] }).items;
}
