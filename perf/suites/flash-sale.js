/** Five hundred buyers want one of fifty pieces: exactly fifty get one, everybody else hears `out-of-stock`. */
import { sleep } from 'k6';
import { Counter } from 'k6/metrics';
import {
  ask,
  deliver,
  handleSummary,
  newCart,
  order,
  unfinished,
  unitMs,
  units,
  withPromises,
  wrong,
} from './lib/shop.js';

export { handleSummary };

const buyers = Number(__ENV.BUYERS || 500);
const pieces = Number(__ENV.PIECES || 50);
const patienceSeconds = 60;

const soldOut = new Counter('sold_out');
const gaveUp = new Counter('gave_up');

export const options = withPromises({
  scenarios: {
    sale: { executor: 'per-vu-iterations', exec: 'grab', vus: buyers, iterations: 1, maxDuration: '120s' },
  },
  thresholds: {
    unfinished: ['count>=0'],
    units: [`count==${pieces}`],
    sold_out: [`count==${buyers - pieces}`],
    gave_up: ['count==0'],
    'http_req_duration{name:POST /orders}': ['p(95)<5000'],
  },
});

/** Tries again when told to come later, as the answer says; null when patience ends. */
function insist(attempt) {
  const endMs = Date.now() + patienceSeconds * 1_000;
  while (Date.now() < endMs) {
    const result = attempt();
    if (result) return result;
    sleep(0.5 + Math.random());
  }
  return null;
}

export function grab() {
  // All come within five seconds.
  sleep(Math.random() * 5);
  const begun = Date.now();
  const cart = insist(() => newCart([{ sku: __ENV.SKU, quantity: 1 }]));
  const quote = cart && insist(() => deliver(cart));
  const key = `flash-${__VU}-${Date.now()}`;
  const placed =
    quote &&
    insist(() => {
      const answer = order(cart, quote.quoteHash, { key, expected: [201, 202, 409] });
      return answer.shed ? null : answer;
    });
  if (!placed) {
    gaveUp.add(1);
    return;
  }
  const { state, reason } = endOf(placed.response);
  if (state === 'confirmed') {
    units.add(1);
    unitMs.add(Date.now() - begun);
  } else {
    const honest = reason === 'out-of-stock';
    wrong.add(!honest);
    soldOut.add(honest ? 1 : 0);
  }
}

/** How it ended. An order that was accepted in a throng (202) says so itself, a little later. */
function endOf(response) {
  if (response.status === 409) return { reason: response.json('code') };
  if (response.status === 201) return { state: response.json('state') };
  unfinished.add(1);
  const { id, token } = response.json();
  const ended = insist(() => {
    const { response: now, kept } = ask('GET', `/orders/${id}`, {
      name: 'GET /orders/{id}',
      headers: { 'order-token': token },
    });
    return kept && ['confirmed', 'cancelled'].includes(now.json('state')) ? now.json() : null;
  });
  return { state: ended?.state, reason: ended?.cancellation?.reason };
}
