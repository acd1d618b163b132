/** The shop as a client sees it: one function a request, each checked; what is not as promised counts as `wrong`. */
import { check } from 'k6';
import { SharedArray } from 'k6/data';
import http from 'k6/http';
import { Counter, Rate, Trend } from 'k6/metrics';

const api = `${__ENV.SOUK_ORIGIN || 'http://127.0.0.1:8080'}/api/v1`;
const read = (name) => JSON.parse(open(__ENV.SOUK_PERF_DATA))[name];
const skus = new SharedArray('skus', () => read('skus'));
const slugs = new SharedArray('slugs', () => read('slugs'));
const words = new SharedArray('words', () => read('words'));
const categories = new SharedArray('categories', () => read('categories'));

/** Answers that break a promise of the API: never allowed, in no suite. */
export const wrong = new Rate('wrong');
/** Finished pieces of work: what a suite counts. */
export const units = new Counter('units');
export const unitMs = new Trend('unit_ms', true);
/** Answers "not now" (429, 503), and those of them that do not say when to come again. */
export const shed = new Counter('shed');
export const shedMs = new Trend('shed_ms', true);
export const shedWithoutRetryAfter = new Counter('shed_without_retry_after');

export const trendStats = ['min', 'med', 'p(95)', 'p(99)', 'max', 'avg'];

/** Orders that were answered with 202: placed, their end not known yet. Only a flood may have them. */
export const unfinished = new Counter('unfinished');

/** Of those who have a cart, the part whose order is placed, at once or (202) with its end to come. */
export const placed = new Rate('placed');

/** Options that every suite has: nothing wrong, and the statistics that the runner reads. */
export function withPromises(options) {
  return {
    discardResponseBodies: false,
    summaryTrendStats: trendStats,
    userAgent: 'souk-perf',
    ...options,
    thresholds: {
      wrong: ['rate==0'],
      shed_without_retry_after: ['count==0'],
      unfinished: ['count==0'],
      ...options.thresholds,
    },
  };
}

/** Hands the figures to the runner as JSON; k6 prints nothing of its own. */
export function handleSummary(data) {
  const files = { stdout: '' };
  if (__ENV.SOUK_PERF_SUMMARY) files[__ENV.SOUK_PERF_SUMMARY] = JSON.stringify(data);
  else files.stdout = JSON.stringify(data.metrics, null, 1);
  return files;
}

const pick = (list) => list[Math.floor(Math.random() * list.length)];

/** Popular things are looked at more often: the square makes the first tenth about a third of all looks. */
const pickPopular = (list) => list[Math.floor(Math.random() ** 2 * list.length)];

/** Three articles that are not the same. */
export function threeSkus() {
  const first = Math.floor(Math.random() * skus.length);
  return [0, 1, 2].map((step) => skus[(first + step * 7) % skus.length]);
}

/** One request. `expected` are the statuses that keep the promise; 429 and 503 are counted apart. */
export function ask(method, path, { name, body, headers = {}, expected = [200], timeout = '10s' } = {}) {
  const response = http.request(method, `${api}${path}`, body === undefined ? null : JSON.stringify(body), {
    headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
    tags: { name: name || `${method} ${path}` },
    timeout,
  });
  if (response.status === 429 || response.status === 503) {
    shed.add(1);
    shedMs.add(response.timings.duration);
    const says = response.headers['Retry-After'] !== undefined;
    shedWithoutRetryAfter.add(says ? 0 : 1);
    return { response, kept: false, shed: true };
  }
  const kept = check(response, { [name || path]: ({ status }) => expected.includes(status) });
  wrong.add(!kept);
  if (!kept && __ENV.SOUK_PERF_LOUD) console.error(`${method} ${path}: ${response.status} ${response.body}`);
  return { response, kept, shed: false };
}

const market = 'currency=EUR&country=DE';

export const readList = () => ask('GET', `/products?${market}&limit=20`, { name: 'GET /products' });
export const readCategory = () =>
  ask('GET', `/products?${market}&category=${pick(categories)}`, { name: 'GET /products?category' });
export const search = () =>
  ask('GET', `/products?${market}&q=${encodeURIComponent(pick(words))}`, { name: 'GET /products?q' });
export const readDetail = () =>
  ask('GET', `/products/${pickPopular(slugs)}?${market}`, { name: 'GET /products/{slug}' });

/** A new guest's cart with what was put in first; `{id, headers}` or null. */
export function newCart(items, lean) {
  const { response, kept } = ask('POST', '/carts', {
    name: 'POST /carts',
    body: { currency: 'EUR', items },
    expected: [201],
    headers: lean ? { prefer: 'return=minimal' } : {},
  });
  if (!kept) return null;
  const { id, token } = response.json();
  return { id, headers: { 'cart-token': token } };
}

/** Adds one piece; a lean client does without the cart in the answer. */
export function addItem(cart, sku, lean) {
  return ask('POST', `/carts/${cart.id}/items`, {
    name: 'POST /carts/{id}/items',
    body: { sku, quantity: 1 },
    headers: lean ? { ...cart.headers, prefer: 'return=minimal' } : cart.headers,
    expected: [lean ? 204 : 200],
  }).kept;
}

const address = { name: 'Ada Byron', line1: 'Marktgasse 7', city: 'Bonn', postalCode: '53111', country: 'DE' };

/** Address and shipping; answers the quote that comes with the cart, or null. */
export function deliver(cart) {
  const email = `guest-${__VU}-${__ITER}-${Date.now()}@example.org`;
  const { response, kept } = ask('PUT', `/carts/${cart.id}/delivery`, {
    name: 'PUT /carts/{id}/delivery',
    body: { email, address, shippingMethod: 'standard' },
    headers: cart.headers,
  });
  return kept ? response.json('quote') : null;
}

/** The quote by a request of its own, or null. */
export function readQuote(cart) {
  const { response, kept } = ask('GET', `/carts/${cart.id}/quote`, {
    name: 'GET /carts/{id}/quote',
    headers: cart.headers,
  });
  return kept ? response.json() : null;
}

/** Places the order with a card that works. */
export function order(cart, quoteHash, { key, expected = [201] } = {}) {
  return ask('POST', '/orders', {
    name: 'POST /orders',
    body: { cartId: cart.id, quoteHash, payment: { method: 'card', token: 'tok_ok' } },
    headers: { ...cart.headers, 'idempotency-key': key || `perf-${__VU}-${__ITER}-${Date.now()}` },
    expected,
  });
}

/** A guest buys three articles; true once the order is confirmed. `lean`: what the API lets a client leave out. */
export function checkout({ lean = false } = {}) {
  const begun = Date.now();
  const [first, ...others] = threeSkus();
  const cart = newCart([{ sku: first, quantity: 1 }], lean);
  if (!cart) return false;
  const status = buy(cart, others, lean);
  placed.add(status !== null);
  if (status !== 201) return false;
  units.add(1);
  unitMs.add(Date.now() - begun);
  return true;
}

/** The way from a cart to an order: 201 if it is confirmed, 202 if its end is to come, null if it was refused. */
function buy(cart, others, lean) {
  for (const sku of others) if (!addItem(cart, sku, lean)) return null;
  const delivered = deliver(cart);
  const quote = lean ? delivered : delivered && readQuote(cart);
  if (!quote) return null;
  const { response, kept } = order(cart, quote.quoteHash, { expected: [201, 202] });
  if (!kept) return null;
  if (response.status === 202) unfinished.add(1);
  else wrong.add(response.json('state') !== 'confirmed');
  return response.status;
}

/** A visitor's look: 70 % lists and searches, 25 % details, 5 % a first article in the cart. */
export function browse() {
  const begun = Date.now();
  const chance = Math.random();
  let kept;
  if (chance < 0.3) kept = readList().kept;
  else if (chance < 0.5) kept = readCategory().kept;
  else if (chance < 0.7) kept = search().kept;
  else if (chance < 0.95) kept = readDetail().kept;
  else kept = newCart([{ sku: pick(skus), quantity: 1 }]) !== null;
  if (!kept) return;
  units.add(1);
  unitMs.add(Date.now() - begun);
}
