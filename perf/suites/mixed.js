/** An ordinary busy hour: visitors at a constant rate, one in twenty of them buys. Times must hold at that rate. */
import { browse, checkout, handleSummary, withPromises } from './lib/shop.js';

export { handleSummary };

const rate = Number(__ENV.RATE || 100);
const duration = `${__ENV.SECONDS || 60}s`;
const arrivals = (share, exec) => ({
  executor: 'constant-arrival-rate',
  rate: Math.max(1, Math.round(rate * share)),
  duration,
  exec,
  preAllocatedVUs: 40,
  maxVUs: 200,
});

export const options = withPromises({
  scenarios: { browsing: arrivals(0.95, 'look'), buying: arrivals(0.05, 'buy') },
  thresholds: {
    'http_req_duration{scenario:browsing}': ['p(95)<100'],
    'http_req_duration{name:POST /orders}': ['p(95)<250'],
    dropped_iterations: ['count==0'],
    shed: ['count==0'],
  },
});

export const look = browse;
export function buy() {
  checkout();
}
