/** Guests who buy three articles: adds, delivery, quote, order, confirmed. By clients, or (RATE) at a constant rate. */
import { checkout, handleSummary, withPromises } from './lib/shop.js';

export { handleSummary };

const duration = `${__ENV.SECONDS || 20}s`;
const rate = Number(__ENV.RATE || 0);
const scenario = rate
  ? { executor: 'constant-arrival-rate', rate, preAllocatedVUs: rate * 2, maxVUs: rate * 5 }
  : { executor: 'constant-vus', vus: Number(__ENV.CLIENTS || 16) };

export const options = withPromises({
  scenarios: { buying: { ...scenario, duration, exec: 'buy' } },
  thresholds: {
    // At a constant rate the answer's time is the promise; with as many clients as fit, all of them wait for the machine.
    'http_req_duration{name:POST /orders}': [rate ? 'p(95)<250' : 'p(95)<2500'],
    'http_req_duration{name:POST /carts/{id}/items}': ['p(95)<2500'],
    'http_req_duration{name:PUT /carts/{id}/delivery}': ['p(95)<2500'],
    'http_req_duration{name:GET /carts/{id}/quote}': ['p(95)<2500'],
    dropped_iterations: ['count==0'],
    shed: ['count==0'],
  },
});

export function buy() {
  checkout({ lean: __ENV.FLOW === 'lean' });
}
