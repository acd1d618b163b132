/** A guest's checkout of three lines at Medusa: nine REST calls, each looked at; an order with its payment authorised at the end. */
import http from 'k6/http';
import { Counter, Rate, Trend } from 'k6/metrics';

const units = new Counter('units');
const unitMs = new Trend('unit_ms', true);
const wrong = new Rate('wrong');
const { key, region, products } = JSON.parse(open(__ENV.PEER_DATA));

export const options = {
  scenarios: {
    buying: {
      executor: 'constant-vus',
      vus: Number(__ENV.CLIENTS || 16),
      duration: `${__ENV.SECONDS || 20}s`,
      // With all clients at once one checkout takes longer than that.
      gracefulStop: '90s',
    },
  },
  summaryTrendStats: ['min', 'med', 'p(95)', 'p(99)', 'max', 'avg'],
  thresholds: { wrong: ['rate==0'] },
};

export function handleSummary(data) {
  return { stdout: '', [__ENV.SOUK_PERF_SUMMARY]: JSON.stringify(data) };
}

const headers = { 'content-type': 'application/json', 'x-publishable-api-key': key };

/** One call; answers what it brings, or null when that is not what it should be. Without a body it only reads. */
function call(path, isRight, body) {
  const url = `${__ENV.PEER_URL}${path}`;
  const response = body
    ? http.post(url, JSON.stringify(body), { headers, timeout: '90s' })
    : http.get(url, { headers, timeout: '90s' });
  const answer = response.status === 200 ? response.json() : null;
  const right = answer !== null && isRight(answer);
  wrong.add(!right);
  if (__ENV.SOUK_PERF_LOUD && !right) console.error(`${path}: ${response.status} ${response.body}`);
  return right ? answer : null;
}

const address = {
  first_name: 'Ada',
  last_name: 'Byron',
  address_1: 'Marktgasse 7',
  city: 'Bonn',
  postal_code: '53111',
  country_code: 'de',
};

/** A cart with three lines, or null. */
function fill() {
  const first = Math.floor(Math.random() * products.length);
  const [one, two, three] = [0, 7, 14].map((step) => ({
    variant_id: products[(first + step) % products.length].variant,
    quantity: 1,
  }));
  const holds = (lines) => (answer) => answer.cart.items.length === lines;
  const made = call('/carts', holds(1), { region_id: region, items: [one] });
  const id = made && made.cart.id;
  if (!id || !call(`/carts/${id}/line-items`, holds(2), two)) return null;
  return call(`/carts/${id}/line-items`, holds(3), three) && id;
}

/** The payment is begun: true. */
function beginPayment(id) {
  const begun = call('/payment-collections', (answer) => answer.payment_collection.amount > 0, { cart_id: id });
  if (!begun) return false;
  const path = `/payment-collections/${begun.payment_collection.id}/payment-sessions`;
  const isBegun = (answer) => answer.payment_collection.payment_sessions.length === 1;
  return call(path, isBegun, { provider_id: 'pp_system_default' }) !== null;
}

export default function () {
  const begun = Date.now();
  const id = fill();
  if (!id) return;
  const email = `guest-${__VU}-${__ITER}-${begun}@example.org`;
  const delivery = { email, shipping_address: address, billing_address: address };
  if (!call(`/carts/${id}`, (answer) => answer.cart.email === email, delivery)) return;
  const found = call(`/shipping-options?cart_id=${id}`, (answer) => answer.shipping_options.length === 1);
  if (!found) return;
  const method = { option_id: found.shipping_options[0].id };
  if (!call(`/carts/${id}/shipping-methods`, (answer) => answer.cart.shipping_methods.length === 1, method)) return;
  if (!beginPayment(id)) return;
  const isOrder = ({ type, order }) => type === 'order' && order.items.length === 3 && order.email === email;
  if (!call(`/carts/${id}/complete`, isOrder, {})) return;
  units.add(1);
  unitMs.add(Date.now() - begun);
}
